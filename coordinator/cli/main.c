/* belay, the command line. Everything is in cli_run, so that tests can call it. */
#include "cli/cli.h"

#include <signal.h>

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, told by cli_run */
    return cli_run(argc, argv, stdout, stderr);
}
