#include "compiler/nginx_text.h"

#include <array>

#include "compiler/words.h"

namespace sprx {
namespace {

struct NginxWord {
  std::string_view theirs;
  std::string_view ours;
};

constexpr auto kNginxFields = std::to_array<NginxWord>({
    {"uri", "path"},
    {"document_uri", "path"},
    {"request_uri", "uri"},
    {"args", "raw_query"},
    {"query_string", "raw_query"},
    {"http_host", "host"},
    {"server_name", "host"},
    {"server_port", "port"},
    {"server_protocol", "http_version"},
    {"request_method", "method"},
    {"remote_addr", "client.ip"},
    {"binary_remote_addr", "client.ip"},
    {"realip_remote_addr", "client.ip"},
    {"content_length", "header[\"Content-Length\"]"},
    {"geoip_country_code", "geo.country"},
    {"geoip_country_name", "geo.country_name"},
    {"geoip_city_country_code", "geo.country"},
    {"geoip_city_country_name", "geo.country_name"},
    {"geoip_region", "geo.region"},
    {"geoip_region_name", "geo.region_name"},
    {"geoip_city", "geo.city"},
    {"geoip_postal_code", "geo.postal_code"},
    {"geoip2_country_code", "geo.country"},
    {"geoip2_data_country_code", "geo.country"},
    {"geoip2_data_country_iso_code", "geo.country"},
    {"geoip2_data_country_name", "geo.country_name"},
    {"geoip2_data_city_name", "geo.city"},
});

constexpr std::string_view kQueryGoesAlong =
    "`keep_query` after the target of a redirect takes the query along; elsewhere `uri` is path and query";
constexpr std::string_view kUnixTime = "no field is this; the time as a number of seconds is `${unix(now)}`";
constexpr std::string_view kNotKnownYet = "no field is this: it is not known while rules run";

constexpr auto kNginxOthers = std::to_array<NginxWord>({
    {"is_args", kQueryGoesAlong},
    {"https", "no field is this; `scheme` is `https` or `http`"},
    {"proxy_add_x_forwarded_for",
     "no field is this: the proxy passes X-Forwarded-For on by itself, and adds it where it is absent"},
    {"time_iso8601", kUnixTime},
    {"time_local", kUnixTime},
    {"msec", kUnixTime},
    {"body_bytes_sent", kNotKnownYet},
    {"bytes_sent", kNotKnownYet},
    {"request_time", kNotKnownYet},
    {"request_length", kNotKnownYet},
    {"upstream_addr", kNotKnownYet},
    {"upstream_status", kNotKnownYet},
    {"upstream_response_time", kNotKnownYet},
    {"upstream_connect_time", kNotKnownYet},
    {"upstream_header_time", kNotKnownYet},
    {"upstream_cache_status", kNotKnownYet},
    {"remote_user", "no field is this: `header[\"Authorization\"]` has the name with the password"},
    {"remote_port", "no field is this: rules know the client by `client.ip`"},
    {"request_body", "no field is this: request bodies are not read"},
    {"request_filename", "no field is this: there are no files, `path` is what was asked for"},
    {"document_root", "no field is this: there are no files"},
});

}  // namespace

NginxText nginx_text(std::string_view name) {
  for (const NginxWord& known : kNginxFields) {
    if (known.theirs == name) return {std::string(known.ours), {}};
  }
  for (const NginxWord& known : kNginxOthers) {
    if (known.theirs == name) return {{}, std::string(known.ours)};
  }
  for (const std::string_view prefix : {"sent_", "upstream_"}) {
    if (!name.starts_with(prefix) || !name.substr(prefix.size()).starts_with("http_")) continue;
    const std::string ours = foreign_path(name.substr(prefix.size())).ours;
    if (!ours.empty()) return {"response." + ours, {}};
  }
  return {};
}

}  // namespace sprx
