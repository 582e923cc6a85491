// What malloc is in this program: jemalloc (see ARCHITECTURE.md), and how it is set. Memory that has been freed goes
// back to the system within seconds, so that a table that was replaced does not stay for long; two arenas are enough,
// because a request allocates nothing.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "dirty_decay_ms:5000,muzzy_decay_ms:0,narenas:2";
}
