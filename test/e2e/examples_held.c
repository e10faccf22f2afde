/* What is held until the decision, while the services that hold it and the coordinator that decides are killed:
 * try, confirm and cancel with book-holiday, prepare, commit and rollback with move-holiday. */
#include "e2e/stage.h"
#include "harness/process.h"

#include <stdio.h>
#include <string.h>

enum { SOON_MS = 20 * 1000 };

static void confirmed(struct stage *stage);
static void cancelled(struct stage *stage);
static void committed(struct stage *stage);
static void rolled_back(struct stage *stage);
static void restart_belayd(struct stage *stage);

void stage_check_held(struct stage *stage)
{
    confirmed(stage);
    cancelled(stage);
    committed(stage);
    rolled_back(stage);
}

/* Nobody can pay yet: both holds stand. Then the inn and the coordinator die, the money is taken, and the inn
 * is not there to confirm. */
static void confirmed(struct stage *stage)
{
    static const char input[] =
        "{\"traveller\":\"alan\",\"train\":\"R102\",\"night\":\"2026-06-01\",\"cents\":100}";
    stage_kill_service(stage, "payments");
    STAGE_EXPECT(stage, 0, NULL, "start", "book-holiday", "--input", input, "--id", "held-1");
    stage_sees(stage, "railway", "/holds", "held-1", 1, SOON_MS);
    stage_sees(stage, "inn", "/holds", "held-1", 1, SOON_MS);
    stage_sees(stage, "railway", "/bookings", "held-1", 0, 0); /* it is held, and no more */
    stage_kill_service(stage, "inn");
    restart_belayd(stage);
    stage_start_service(stage, "payments");
    stage_sees(stage, "railway", "/bookings", "held-1", 1, SOON_MS);
    STAGE_EXPECT(stage, 0, "held-1", "list", "--status", "confirming");
    STAGE_EXPECT(stage, 1, "only goes forward", "cancel", "held-1", "--reason", "too late");
    stage_kill_service(stage, "railway");
    restart_belayd(stage);
    stage_start_service(stage, "railway");
    stage_start_service(stage, "inn");
    STAGE_EXPECT(stage, 0, "completed", "watch", "held-1", "--timeout", "40s");
    stage_sees(stage, "railway", "/bookings", "held-1", 1, 0);
    stage_sees(stage, "inn", "/bookings", "held-1", 1, 0);
    stage_sees(stage, "railway", "/holds", "held-1", 0, 0);
    stage_sees(stage, "inn", "/holds", "held-1", 0, 0);
}

/* The seat is held when the inn comes back and has no room; the railway is not there to let go. */
static void cancelled(struct stage *stage)
{
    static const char input[] =
        "{\"traveller\":\"alan\",\"train\":\"R100\",\"night\":\"2026-12-24\",\"cents\":100}";
    stage_kill_service(stage, "inn");
    STAGE_EXPECT(stage, 0, NULL, "start", "book-holiday", "--input", input, "--id", "held-2");
    stage_sees(stage, "railway", "/holds", "held-2", 1, SOON_MS);
    stage_kill_service(stage, "railway");
    restart_belayd(stage);
    stage_start_service(stage, "inn");
    for (int tries = 0; tries < 200; tries++) {
        process_sleep_ms(50);
        shell_run(&stage->shell, "belay", "list", "--status", "compensating", NULL);
        if (strstr(stage->shell.out, "held-2"))
            break;
    }
    stage_expect(stage, 0, 0, "held-2", "list --status compensating");
    restart_belayd(stage);
    stage_start_service(stage, "railway");
    STAGE_EXPECT(stage, 3, "compensated", "watch", "held-2", "--timeout", "40s");
    stage_sees(stage, "railway", "/holds", "held-2", 0, 0);
    stage_sees(stage, "railway", "/bookings", "held-2", 0, 0);
    stage_sees(stage, "inn", "/bookings", "held-2", 0, 0);
    /* holiday-1 left, and holiday.json came */
    stage_sees(stage, "railway", "/trains", "\"R100\",\"free\":3}", 1, 0);
}

/* One has voted, and is killed with the coordinator; the other one votes when it comes back. */
static void committed(struct stage *stage)
{
    static const char input[] = "{\"holiday\":\"held-1\",\"train\":\"R100\",\"night\":\"2026-06-02\"}";
    stage_kill_service(stage, "inn");
    STAGE_EXPECT(stage, 0, NULL, "start", "move-holiday", "--input", input, "--id", "vote-1");
    stage_sees(stage, "railway", "/holds", "held-1", 1, SOON_MS);
    stage_kill_service(stage, "railway");
    restart_belayd(stage);
    stage_start_service(stage, "inn");
    stage_sees(stage, "inn", "/bookings", "\"held-1\",\"guest\":\"alan\",\"night\":\"2026-06-02\"", 1, SOON_MS);
    STAGE_EXPECT(stage, 0, "vote-1", "list", "--status", "confirming");
    restart_belayd(stage);
    stage_start_service(stage, "railway");
    STAGE_EXPECT(stage, 0, "completed", "watch", "vote-1", "--timeout", "40s");
    stage_sees(stage, "railway", "/bookings", "\"held-1\",\"traveller\":\"alan\",\"train\":\"R100\"", 1, 0);
    stage_sees(stage, "inn", "/bookings", "held-1", 1, 0);
    stage_sees(stage, "railway", "/holds", "held-1", 0, 0);
}

/* The inn has voted yes and is in doubt when it dies; the railway says no; the inn is told when it is back. */
static void rolled_back(struct stage *stage)
{
    static const char input[] = "{\"holiday\":\"held-1\",\"train\":\"R900\",\"night\":\"2026-06-03\"}";
    stage_kill_service(stage, "railway");
    STAGE_EXPECT(stage, 0, NULL, "start", "move-holiday", "--input", input, "--id", "vote-2");
    stage_sees(stage, "inn", "/holds", "held-1", 1, SOON_MS);
    stage_kill_service(stage, "inn");
    restart_belayd(stage);
    stage_start_service(stage, "railway");
    process_sleep_ms(500);
    stage_start_service(stage, "inn");
    STAGE_EXPECT(stage, 3, "compensated", "watch", "vote-2", "--timeout", "40s");
    stage_sees(stage, "inn", "/holds", "held-1", 0, 0);
    stage_sees(stage, "inn", "/bookings", "\"held-1\",\"guest\":\"alan\",\"night\":\"2026-06-02\"", 1, 0);
    stage_sees(stage, "railway", "/bookings", "\"held-1\",\"traveller\":\"alan\",\"train\":\"R100\"", 1, 0);
}

static void restart_belayd(struct stage *stage)
{
    stage_kill_belayd(stage);
    stage_start_belayd(stage);
}
