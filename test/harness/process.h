/* Child processes of a test: belayd, services. */
#ifndef BELAY_HARNESS_PROCESS_H
#define BELAY_HARNESS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Starts `argv` (argv[0] is the path) with standard output and error appended to `log` (NULL: inherited). The
 * child dies with its parent. -1 when it cannot be started. */
pid_t process_start(const char *const *argv, const char *log);

/* Sends a signal and waits for the end. Returns the wait status. */
int process_end(pid_t pid, int signal);

/* True while it runs; reaps it otherwise. */
bool process_alive(pid_t pid);

/* CPU time used so far, in microseconds, by all its threads. */
uint64_t process_cpu_us(pid_t pid);

/* The largest resident size so far, in KiB. */
uint64_t process_peak_kib(pid_t pid);
uint64_t process_rss_kib(pid_t pid); /* at this moment */

/* Bytes it caused to be written to disk. */
uint64_t process_written(pid_t pid);

/* A new empty directory below build/ (a real disk, unlike /tmp on many machines); the path has 256 bytes. */
bool process_directory(const char *name, char *path);
void process_remove(const char *directory);

/* A TCP port on 127.0.0.1 that was free a moment ago. */
unsigned process_free_port(void);

/* The same, outside the range that the kernel gives to outgoing connections: nobody is in the way, and no client
 * connects to itself, while the server that belongs there is down for a moment. */
unsigned process_steady_port(void);

/* The wait status of a process that has ended by itself within `ms`; false when it still runs. */
bool process_ended(pid_t pid, uint64_t ms, int *status);

/* What it holds at this moment: descriptors, threads. */
unsigned process_descriptors(pid_t pid);
unsigned process_threads(pid_t pid);

/* Milliseconds of a clock that only goes forward; microseconds of the same. */
uint64_t process_now_ms(void);
uint64_t process_now_us(void);
void process_sleep_ms(uint64_t ms);

#endif
