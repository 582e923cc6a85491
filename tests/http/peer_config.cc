#include "http/peer_config.h"

namespace sprx::http_suite {

std::string nginx_config(const PeerPlaces& places) {
  const std::string& folder = places.folder;
  return "daemon off;\nmaster_process off;\nworker_processes 1;\npid " + folder + "/nginx.pid;\n" +
         "events { worker_connections 512; }\n"
         "http {\n"
         "  access_log off;\n"
         "  client_body_temp_path " +
         folder + "/body;\n  proxy_temp_path " + folder + "/proxy;\n" + "  fastcgi_temp_path " + folder +
         "/fcgi;\n  uwsgi_temp_path " + folder + "/uwsgi;\n" + "  scgi_temp_path " + folder + "/scgi;\n" +
         places.extra +
         "  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }\n"
         "  upstream origin { server 127.0.0.1:" +
         std::to_string(places.origin_port) +
         " max_fails=0; keepalive 16; }\n"
         "  server {\n"
         "    listen 127.0.0.1:" +
         std::to_string(places.port) + ";\n" +
         "    client_max_body_size 0;\n"
         "    merge_slashes off;\n"
         "    underscores_in_headers on;\n"
         "    ignore_invalid_headers off;\n"
         "    location / {\n"
         "      proxy_pass http://origin;\n"
         "      proxy_http_version 1.1;\n"
         "      proxy_buffering off;\n"
         "      proxy_request_buffering off;\n"
         "      proxy_pass_header Server;\n"
         "      proxy_set_header Host $http_host;\n"
         "      proxy_set_header Upgrade $http_upgrade;\n"
         "      proxy_set_header Connection $connection_upgrade;\n"
         "    }\n"
         "  }\n"
         "}\n";
}

std::string haproxy_config(const PeerPlaces& places) {
  return "global\n  maxconn 500\n"
         "defaults\n  mode http\n  timeout connect 2s\n  timeout client 20s\n  timeout server 20s\n"
         "  timeout http-request 10s\n  retries 1\n" +
         places.extra + "frontend front\n  bind 127.0.0.1:" + std::to_string(places.port) +
         "\n  default_backend back\n" +
         "backend back\n  http-reuse always\n  server origin 127.0.0.1:" + std::to_string(places.origin_port) + "\n";
}

std::string varnish_config(const PeerPlaces& places) {
  return "vcl 4.1;\n"
         "backend default { .host = \"127.0.0.1\"; .port = \"" +
         std::to_string(places.origin_port) + "\"; }\n" +
         "sub vcl_recv {\n"
         "  if (req.http.Upgrade) { return (pipe); }\n"
         "  return (pass);\n"
         "}\n";
}

}  // namespace sprx::http_suite
