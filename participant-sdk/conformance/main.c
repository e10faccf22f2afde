/* belay-conformance: does a running service keep the protocol's promises? */
#include "belay/conformance.h"
#include "belay/sign.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_RIGHT = 0, EXIT_WRONG = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

static const char usage[] =
    "usage: belay-conformance [OPTION...] URL\n"
    "Delivers calls to the operation at URL (http://127.0.0.1:7101/belay/reserve) as a coordinator in trouble "
    "would,\n"
    "and says by the name of a case what the service got wrong. Not for a service in production.\n"
    "\n"
    "  --body JSON       what every call carries; default {}\n"
    "  --refused JSON    a body that the service refuses for a reason of its business\n"
    "  --count URL       answers a GET with a number that an effect changes: the stock, the sum of an account\n"
    "  --kind KIND       saga (action, compensation; the default), tcc or 2pc\n"
    "  --secret SECRET   whsec_...: signs the calls, and tries what must be refused; may be given several times\n"
    "  --restart COMMAND a shell command that kills the service with SIGKILL, waits until it is gone, and starts "
    "it again\n"
    "  --only CASE       one case\n"
    "  --threads N       that call at once; default 16\n"
    "  --rounds N        kills in the case crash; default 5\n"
    "  --list            the cases, and what they find out\n"
    "\n"
    "Exit: 0 all is right, 1 something is wrong, 2 usage, 3 nobody answers at URL.\n";

static void list(void)
{
#define X(name, word, text, needs) printf("%-16s %s\n", #word, text);
    BELAY_CASES(X)
#undef X
}

static void report(void *context, const char *word, enum belay_verdict verdict, const char *detail)
{
    static const char *const words[] = {"ok", "WRONG", "skipped"};
    (void)context;
    printf("%-8s %-16s %s\n", words[verdict], word, detail);
    fflush(stdout);
}

static unsigned number(const char *text)
{
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (!*text || *end || value < 1 || value > 1000000) {
        fprintf(stderr, "belay-conformance: \"%s\" is no number from 1 on\n", text);
        exit(EXIT_USAGE);
    }
    return (unsigned)value;
}

/* True when the run can begin; else the status to exit with. */
static bool parse(int argc, char **argv, struct belay_conformance_options *options, const char **secrets,
                  int *status)
{
    static const struct option names[] = {
        {"body", required_argument, NULL, 'b'},   {"refused", required_argument, NULL, 'r'},
        {"count", required_argument, NULL, 'c'},  {"kind", required_argument, NULL, 'k'},
        {"secret", required_argument, NULL, 's'}, {"restart", required_argument, NULL, 'R'},
        {"only", required_argument, NULL, 'o'},   {"threads", required_argument, NULL, 't'},
        {"rounds", required_argument, NULL, 'n'}, {"list", no_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    *status = EXIT_USAGE;
    for (int letter; (letter = getopt_long(argc, argv, "h", names, NULL)) != -1;) {
        switch (letter) {
        case 'b':
            options->body = optarg;
            break;
        case 'r':
            options->refused_body = optarg;
            break;
        case 'c':
            options->count_url = optarg;
            break;
        case 'k':
            options->kind = optarg;
            break;
        case 'R':
            options->restart = optarg;
            break;
        case 'o':
            options->only = optarg;
            break;
        case 't':
            options->threads = number(optarg);
            break;
        case 'n':
            options->rounds = number(optarg);
            break;
        case 's':
            if (options->secrets_count < BELAY_SECRETS_MAX)
                secrets[options->secrets_count] = optarg;
            options->secrets_count++;
            break;
        case 'l':
        case 'h':
            *status = EXIT_RIGHT;
            if (letter == 'l')
                list();
            else
                fputs(usage, stdout);
            return false;
        default:
            fputs(usage, stderr);
            return false;
        }
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return false;
    }
    options->url = argv[optind];
    return true;
}

int main(int argc, char **argv)
{
    const char *secrets[BELAY_SECRETS_MAX] = {NULL};
    struct belay_conformance_options options = {.size = sizeof options, .secrets = secrets, .report = report};
    struct belay_conformance_result result = {.size = sizeof result};
    struct belay_error error;
    int status;
    if (!parse(argc, argv, &options, secrets, &status))
        return status;
    int code = belay_conformance_run(&options, &result, &error);
    if (code) {
        fprintf(stderr, "belay-conformance: %s\n", error.text);
        return code == BELAY_ERROR_ARGUMENT ? EXIT_USAGE : EXIT_UNREACHABLE;
    }
    printf("%u right, %u wrong, %u skipped, in %lu deliveries\n", result.passed, result.wrong, result.skipped,
           result.deliveries);
    return result.wrong ? EXIT_WRONG : EXIT_RIGHT;
}
