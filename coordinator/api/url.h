/* The URL of a participant: what may be called at all. */
#ifndef BELAY_API_URL_H
#define BELAY_API_URL_H

/* NULL when `url` can be a participant's base URL: http or https, a host, perhaps a port and a path, and nothing
 * that could mean one thing to us and another to the library that calls it. Else what is wrong, to be put behind
 * `"url" `. */
const char *url_refuse(const char *url);

#endif
