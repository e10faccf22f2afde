/* `belay dev`: a coordinator and the example services, in a temporary directory, until Ctrl-C. */
#include "base/mem.h"
#include "cli/apply.h"
#include "cli/children.h"
#include "cli/cli.h"
#include "cli/dev.h"
#include "cli/files.h"
#include "cli/places.h"
#include "cli/text.h"
#include "cli/times.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEV_PORT = 7070, DEV_UP_MS = 10000, DEV_STEP_MS = 50 };

static int dev_run(struct cli *cli, struct dev *dev);
static bool dev_directory(struct cli *cli, struct dev *dev);
static bool dev_coordinator(struct cli *cli, struct dev *dev);
static int dev_stay(struct cli *cli, struct dev *dev);

int cmd_dev(struct cli *cli)
{
    struct dev dev = {.port = DEV_PORT};
    struct error error;
    const char *port = options_value(&cli->options, OPTION_PORT);
    long number = DEV_PORT;
    if (port && options_number("--port", port, 1, 65535, &number, &error))
        return cli_misused(cli, &error);
    dev.port = (unsigned)number;
    if (places_find(&dev.places, &error)) {
        cli_complain(cli, error.text, "build everything with `make`, or install it with `make install`");
        return EXIT_FAILED;
    }
    children_prepare();
    int status = dev_run(cli, &dev);
    children_stop(&dev.children);
    if (dev.directory && options_has(&cli->options, OPTION_KEEP))
        fprintf(cli->err, "kept: %s\n", dev.directory);
    else if (dev.directory)
        dev_remove(dev.directory);
    mem_free(dev.directory);
    places_done(&dev.places);
    return status;
}

static int dev_run(struct cli *cli, struct dev *dev)
{
    bool up =
        dev_directory(cli, dev) && dev_coordinator(cli, dev) && dev_services(cli, dev) && dev_register(cli, dev);
    if (!up)
        return EXIT_FAILED;
    dev_tell(cli, dev);
    return dev_stay(cli, dev);
}

static bool dev_directory(struct cli *cli, struct dev *dev)
{
    const char *base = getenv("TMPDIR");
    char what[512];
    dev->directory = files_join(base && *base ? base : "/tmp", "belay-dev-XXXXXX");
    if (mkdtemp(dev->directory))
        return true;
    snprintf(what, sizeof what, "cannot make a temporary directory (%s): %s", dev->directory, strerror(errno));
    cli_complain(cli, what, "set TMPDIR to a directory that can be written");
    mem_free(dev->directory);
    dev->directory = NULL;
    return false;
}

bool dev_start(struct cli *cli, struct dev *dev, const char *name, char *const argv[])
{
    struct error error;
    char file[128];
    snprintf(file, sizeof file, "%.100s.log", name);
    char *log = files_join(dev->directory, file);
    int code = children_start(&dev->children, name, argv, log, &error);
    mem_free(log);
    if (code)
        cli_complain(cli, error.text, NULL);
    return !code;
}

static bool dev_coordinator(struct cli *cli, struct dev *dev)
{
    unsigned port = places_port(dev->port);
    char listen[32], data_option[] = "--data", listen_option[] = "--listen";
    struct error error;
    if (!port) {
        cli_complain(cli, "no free port on 127.0.0.1", "name another one: belay dev --port 8080");
        return false;
    }
    dev->port = port;
    snprintf(dev->url, sizeof dev->url, "http://127.0.0.1:%u", port);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", port);
    char *data = files_join(dev->directory, "data");
    char *const argv[] = {dev->places.belayd, data_option, data, listen_option, listen, NULL};
    bool started = dev_start(cli, dev, "belayd", argv);
    mem_free(data);
    cli->client = started ? client_new(dev->url, &error) : NULL;
    char ready[128];
    snprintf(ready, sizeof ready, "%s/health/ready", dev->url);
    return cli->client && dev_up(cli, dev, "belayd", ready);
}

/* Says which process ended, how, and the last it said. */
static void dev_ended(struct cli *cli, const struct child *child)
{
    char how[128], what[256];
    char *tail = children_tail(child);
    children_describe(child, how, sizeof how);
    snprintf(what, sizeof what, "%s ended with %s; its last words:", child->name, how);
    cli_complain(cli, what, NULL);
    for (char *line = tail, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        bool ended = *end == '\n';
        *end = '\0';
        buf_puts(&cli->buf, "  | ");
        text_put(&cli->buf, line);
        buf_putc(&cli->buf, '\n');
        end += ended;
    }
    output_flush(&cli->buf, cli->err);
    mem_free(tail);
}

bool dev_up(struct cli *cli, struct dev *dev, const char *name, const char *url)
{
    uint64_t until_ms = times_monotonic_ms() + DEV_UP_MS;
    for (;;) {
        int status = 0;
        struct child *ended;
        if (!client_knock(url, DEV_UP_MS, &status, NULL) && status != 503)
            return true;
        if (children_wait(&dev->children, DEV_STEP_MS, &ended))
            return false;
        if (ended) {
            dev_ended(cli, ended);
            return false;
        }
        if (times_monotonic_ms() > until_ms) {
            char what[256];
            snprintf(what, sizeof what, "%s does not answer at %s within ten seconds of its start", name, url);
            cli_complain(cli, what, "--keep leaves its log behind");
            return false;
        }
    }
}

/* Until a signal asks us to end, or a process ends by itself. */
static int dev_stay(struct cli *cli, struct dev *dev)
{
    for (;;) {
        struct child *ended;
        if (children_wait(&dev->children, 60000, &ended)) {
            fprintf(cli->err, "\nstopping\n");
            return EXIT_DONE;
        }
        if (ended) {
            dev_ended(cli, ended);
            cli_complain(cli, "stopping the rest", "--keep leaves the logs behind");
            return EXIT_FAILED;
        }
    }
}
