import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BudgetStore, InvariantError, usd } from '@plimsoll/domain'
import {
  createPostgresBudgetStore,
  createPostgresBudgetTables,
  startPostgres,
} from '@plimsoll/fleet'
import {
  createFootprintGovernor,
  createMemoryBudgetStore,
  DEFAULT_FOOTPRINT,
  type FootprintConfig,
  type Governor,
  NO_WALL,
} from '@plimsoll/governor'
import pg from 'pg'
import { createCommand, integer, toggle } from '../Command.ts'
import { benchAction, benchFrame } from './benchFrame.ts'

/** What `bench governor` measures. */
type GovernorBench = {
  readonly inProcessP50Us: number
  readonly inProcessP99Us: number
  /**
   * A loop that always does the same and makes no objects, about as long as a grant and timed after each of them. What its p99
   * is above its median comes from the machine, and lies in the grants' p99 too.
   */
  readonly noiseP50Us: number
  readonly noiseP99Us: number
  readonly postgresP50Ms: number
  readonly postgresP99Ms: number
  /** A page written and synced in the folder of that Postgres after each grant: what its disk adds to a grant at least. */
  readonly syncP50Ms: number
  readonly syncP99Ms: number
  /** Processes that wanted a core meanwhile, per core: above 1 the times hold waiting for others. */
  readonly loadPerCore: number
  /** The same with agents that ask at once for the same market. */
  readonly contendedAgents: number
  readonly contendedP99Ms: number
  readonly grants: number
  readonly postgresGrants: number
}

const KEY = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
const SLOT_MS = 60_000
/** Own impact that never refuses: it is looked at like the other rules, for grants are to be measured, not refusals. */
const NEVER_FULL: FootprintConfig = {
  ...DEFAULT_FOOTPRINT,
  slotMs: SLOT_MS,
  ownImpactAmber: 1,
  ownImpactRed: 1,
}
/** Agents with a lease in each slot. */
const AGENTS = 20
/** Of them, those that ask at the same moment over connections of their own. */
const AT_ONCE = 4

/** Measures what a grant costs, in process and over Postgres. */
export const benchGovernorCommand = createCommand({
  name: 'bench governor',
  summary: 'Measures what a grant of the footprint governor costs.',
  examples: [
    ['plimsoll bench governor', 'in process, and over a Postgres that is started for it'],
    ['plimsoll bench governor --json', 'inProcessP99Us and postgresP99Ms for machines'],
    [
      'TMPDIR=/dev/shm plimsoll bench governor',
      'with that Postgres in memory, where its disk is busy',
    ],
  ],
  flags: {
    grants: integer({ min: 100, max: 1_000_000 }, 20_000, 'grants in process'),
    postgres: integer({ min: 100, max: 100_000 }, 3_000, 'grants over Postgres'),
    json: toggle('print one JSON object'),
  },
  async run({ grants, postgres, json }) {
    const inProcess = await measureInProcess(grants)
    const over = await measurePostgres(postgres)
    const bench: GovernorBench = {
      inProcessP50Us: round(1_000 * quantile(inProcess.grants, 0.5)),
      inProcessP99Us: round(1_000 * quantile(inProcess.grants, 0.99)),
      noiseP50Us: round(1_000 * quantile(inProcess.noise, 0.5)),
      noiseP99Us: round(1_000 * quantile(inProcess.noise, 0.99)),
      postgresP50Ms: round(quantile(over.alone.grants, 0.5)),
      postgresP99Ms: round(quantile(over.alone.grants, 0.99)),
      syncP50Ms: round(quantile(over.alone.noise, 0.5)),
      syncP99Ms: round(quantile(over.alone.noise, 0.99)),
      loadPerCore: round((loadavg()[0] ?? 0) / availableParallelism()),
      contendedAgents: AT_ONCE,
      contendedP99Ms: round(quantile(over.contended, 0.99)),
      grants,
      postgresGrants: postgres,
    }
    if (json) console.log(JSON.stringify(bench))
    else {
      console.log(
        `in process  ${bench.inProcessP50Us} µs at the median, ${bench.inProcessP99Us} µs at p99 of ${grants} grants; a loop that never changes: ${bench.noiseP50Us} µs, ${bench.noiseP99Us} µs`,
      )
      console.log(
        `Postgres    ${bench.postgresP50Ms} ms at the median, ${bench.postgresP99Ms} ms at p99 of ${postgres} grants; a page synced: ${bench.syncP50Ms} ms, ${bench.syncP99Ms} ms; ${bench.contendedP99Ms} ms at p99 with ${AT_ONCE} agents at once`,
      )
    }
  },
})

/** A fleet's governor with everything that a decision looks at: conditions, walls and odds. */
const governorOf = (agent: string, store: BudgetStore): Governor =>
  createFootprintGovernor({
    agent,
    config: NEVER_FULL,
    store,
    bypass: null,
    conditions: (_, { block }) => ({
      at: block.timestamp,
      dailyVolume: 2.88e9,
      dailyVolatility: 0.04,
      recentVolatility: 0.04,
      othersFlow: 0,
    }),
    walls: () => ({ visible: NO_WALL.map(() => 1e6), own: NO_WALL.map(() => 1e4) }),
    odds: () => (health) => Math.min(1, Math.exp(-20 * (health - 1))),
  })

const define = (store: BudgetStore): Promise<void> =>
  store.define(KEY, { limit: usd(10n ** 16n), slotMs: SLOT_MS, gatherMs: 0, leaseSlots: 2 })

/** A clock that moves to the next agent's turn with every request: each agent asks once in a slot. */
function createTurns(store: BudgetStore, clock: { at: number }): BudgetStore {
  return {
    ...store,
    take(request, spending) {
      clock.at += SLOT_MS / AGENTS
      return store.take(request, spending)
    },
  }
}

/** [ms] */
type Times = {
  /** Of each grant that let something through. */
  readonly grants: readonly number[]
  /** Of what was timed after each of them: what never changes but by the machine. */
  readonly noise: readonly number[]
}

/** Times grants by agents in turn, and what the machine adds meanwhile. */
async function measure(
  governors: readonly Governor[],
  from: number,
  count: number,
  time: () => number = timeLoop,
): Promise<Times> {
  const turn = SLOT_MS / 1_000 / governors.length
  const grants: number[] = []
  const noise: number[] = []
  for (let i = from; i < from + count; i++) {
    const frame = benchFrame(Math.floor(i * turn))
    const governor = governors[i % governors.length]
    const begun = performance.now()
    const grant = await governor?.grant({ action: benchAction, frame })
    const took = performance.now() - begun
    if (grant?.type === 'allowed') grants.push(took)
    noise.push(time())
  }
  if (grants.length < 0.9 * count)
    throw new InvariantError({
      expected: 'grants to be measured',
      found: `${count - grants.length} refusals of ${count}`,
    })
  return { grants, noise }
}

/** Time of a loop that always does the same. [ms] */
function timeLoop(): number {
  const begun = performance.now()
  let x = 1
  for (let i = 0; i < 1_000; i++) x = (x * 48_271) % 2_147_483_647
  return x === 0 ? Number.NaN : performance.now() - begun // never zero, but the engine does not know
}

const agentsOver = (store: BudgetStore): readonly Governor[] =>
  Array.from({ length: AGENTS }, (_, i) => governorOf(`agent-${i}`, store))

/** Gives a function that times one page written and synced in the temporary folder. [ms] */
async function timingSyncs<T>(work: (time: () => number) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'))
  const file = openSync(join(folder, 'page'), 'w')
  const page = new Uint8Array(8_192)
  try {
    return await work(() => {
      const begun = performance.now()
      writeSync(file, page, 0, page.length, 0)
      fdatasyncSync(file)
      return performance.now() - begun
    })
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
}

async function measureInProcess(count: number): Promise<Times> {
  const clock = { at: 0, now: () => clock.at }
  const store = createMemoryBudgetStore(clock)
  await define(store)
  const governors = agentsOver(createTurns(store, clock))
  const warm = 40_000 // the engine goes on compiling what is hot until then
  await measure(governors, 0, warm)
  return measure(governors, warm, count)
}

async function measurePostgres(count: number) {
  const postgres = await startPostgres()
  const pools: pg.Pool[] = []
  const clock = { at: 0, now: () => clock.at }
  const connect = async (): Promise<BudgetStore> => {
    const pool = new pg.Pool({ ...postgres.connection, max: 1 })
    pools.push(pool)
    return createTurns(await createPostgresBudgetStore({ pool, clock }), clock)
  }
  try {
    const admin = new pg.Pool({ ...postgres.connection, max: 1 })
    pools.push(admin)
    await createPostgresBudgetTables(admin)
    const first = await connect()
    await define(first)
    const warm = 300
    const governors = agentsOver(first)
    await measure(governors, 0, warm)
    const alone = await timingSyncs((time) => measure(governors, warm, count, time))
    const stores = await Promise.all(Array.from({ length: AT_ONCE }, connect))
    const contended = await Promise.all(
      stores.map((store, i) =>
        measure([governorOf(`at-once-${i}`, store)], warm + count, Math.ceil(count / AT_ONCE)),
      ),
    )
    return { alone, contended: contended.flatMap(({ grants }) => grants) }
  } finally {
    await Promise.all(pools.map((pool) => (pool.ended ? Promise.resolve() : pool.end())))
    await postgres.stop()
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

const round = (value: number): number => Number(value.toPrecision(3))
