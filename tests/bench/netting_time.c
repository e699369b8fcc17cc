/*
 * netting_time.c - multilateral netting through our domain, and the bare sums it cannot do without.
 *
 *   netting_time FILE PARTICIPANTS ROUNDS
 *
 * FILE holds obligations in order, each as in struct record. A round is the bare sums, then ours:
 * netting_run and netting_prove, with an arena made for them. Prints a line per round,
 * "round SUMS_US OURS_US", then "net PARTICIPANT NET_MINOR" of the last one, and "proof MINOR".
 * Run by netting.py, which made the file and knows the nets.
 */
#include "domain/netting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ARENA_SIZE = 1024 * 1024, ARENA_MAX = 64 * 1024 * 1024 };

struct record {
    int32_t debtor_index;
    int32_t creditor_index;
    int64_t amount_minor;
};

static void die(const char *what)
{
    fprintf(stderr, "netting_time: %s\n", what);
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct obligation *obligations_read(const char *path, size_t *ret_count)
{
    FILE *file = fopen(path, "rb");
    struct obligation *obligations;
    struct record record;
    long size = -1;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        die("could not open the file");
    rewind(file);
    *ret_count = (size_t)size / sizeof record;
    obligations = calloc(*ret_count + 1, sizeof *obligations);
    if (obligations == NULL)
        die("no memory");
    for (size_t i = 0; i < *ret_count; i++) {
        if (fread(&record, sizeof record, 1, file) != 1)
            die("could not read the file");
        obligations[i] = (struct obligation){.debtor_index = record.debtor_index,
                                             .creditor_index = record.creditor_index,
                                             .payment_count = 1,
                                             .amount_minor = record.amount_minor};
    }
    fclose(file);
    return obligations;
}

/* One look at each obligation, two additions, nothing checked: no netting is faster. */
static int64_t bare_sums(const struct obligation *obligations, size_t count, int64_t *nets)
{
    int64_t begin_us = now_us();

    for (size_t i = 0; i < count; i++) {
        nets[obligations[i].debtor_index] -= obligations[i].amount_minor;
        nets[obligations[i].creditor_index] += obligations[i].amount_minor;
    }
    return now_us() - begin_us;
}

static int64_t ours(const struct obligation *obligations, size_t count, size_t participants,
                    struct arena *arena, struct net_positions *ret_nets,
                    struct netting_proof *ret_proof)
{
    int64_t begin_us = now_us();

    if (!netting_run(MODEL_MULTILATERAL, obligations, count, participants, arena, ret_nets) ||
        !netting_prove(obligations, count, ret_nets, participants, arena, ret_proof))
        die("netting was refused");
    return now_us() - begin_us;
}

static void agree(const struct net_positions *nets, const int64_t *sums)
{
    for (size_t i = 0; i < nets->count; i++)
        if (nets->positions[i].net_minor != sums[nets->positions[i].participant_index])
            die("a net is not the bare sum");
}

static void show(const struct net_positions *nets, const struct netting_proof *proof)
{
    for (size_t i = 0; i < nets->count; i++)
        printf("net %" PRId32 " %" PRId64 "\n", nets->positions[i].participant_index,
               nets->positions[i].net_minor);
    printf("proof %" PRId64 "\n", proof->obligation_minor);
}

int main(int argc, char **argv)
{
    size_t count = 0;
    size_t participants = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    int rounds = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
    struct obligation *obligations;

    if (participants == 0 || rounds <= 0)
        die("usage: netting_time FILE PARTICIPANTS ROUNDS");
    obligations = obligations_read(argv[1], &count);
    for (int round = 1; round <= rounds; round++) {
        int64_t *sums = calloc(participants, sizeof *sums);
        struct net_positions nets;
        struct netting_proof proof;
        struct arena arena;
        int64_t sums_us;

        if (sums == NULL)
            die("no memory");
        sums_us = bare_sums(obligations, count, sums);
        arena_init(&arena, ARENA_SIZE, ARENA_MAX);
        printf("round %" PRId64 " %" PRId64 "\n", sums_us,
               ours(obligations, count, participants, &arena, &nets, &proof));
        agree(&nets, sums);
        if (round == rounds)
            show(&nets, &proof);
        arena_done(&arena);
        free(sums);
    }
    free(obligations);
    return 0;
}
