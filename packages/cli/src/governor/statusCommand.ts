import {
  type BudgetStatus,
  type BudgetStore,
  type Event,
  InvalidInputError,
  numberFromUsd,
  type RuleCheck,
} from '@plimsoll/domain'
import { createPostgresBudgetStore } from '@plimsoll/fleet'
import { createSqliteBudgetStore } from '@plimsoll/governor'
import { createSqliteEventStore } from '@plimsoll/kernel'
import pg from 'pg'
import { createCommand, integer, text, toggle } from '../Command.ts'
import { money } from '../demo/money.ts'

/** A grant that let nothing through. */
type Refusal = {
  readonly order: string
  readonly block: string
  readonly type: 'denied' | 'deferred'
  readonly rule: string
  /** The check of that rule; null when it has none of its name. */
  readonly check: RuleCheck | null
}

/** What `governor status` shows. */
export type GovernorStatus = {
  readonly budgets: readonly BudgetView[]
  /** From the last grants of the event log; empty without one. */
  readonly refusals: readonly Refusal[]
  /** R̂ of the last grant that saw one, beside amber; null where none did. */
  readonly reproduction: RuleCheck | null
  /** Our own largest bin of the wall, by the last grant that saw one. */
  readonly wall: RuleCheck | null
}

type BudgetView = {
  readonly asset: string
  readonly venue: string
  readonly purpose: string
  readonly slot: number
  readonly budgetUsd: number
  readonly grantedUsd: number
  readonly carriedUsd: number
  readonly availableUsd: number
  readonly recentUsd: number
  readonly unabsorbedUsd: number
  readonly spentUsd: number
  readonly leases: number
}

/** Prints budgets, R̂, walls and the last denials. */
export const statusCommand = createCommand({
  name: 'governor status',
  summary: 'Prints budgets, leases, R̂, the own wall and the last denials.',
  examples: [
    ['plimsoll governor status --store budgets.db', 'budgets that processes of one machine share'],
    ['plimsoll governor status --postgres postgres://…', 'budgets of a fleet'],
    ['plimsoll governor status --store budgets.db --log keeper.db', "with an agent's denials"],
    ['plimsoll governor status --store budgets.db --json', 'for machines'],
  ],
  flags: {
    store: text('FILE', 'budget store in a file'),
    postgres: text('URL', 'budget store in Postgres'),
    log: text('FILE', "an agent's event log, for its last denials, R̂ and wall"),
    last: integer({ min: 1, max: 1_000 }, 5, 'denials to show'),
    json: toggle('print one JSON object'),
  },
  async run({ store, postgres, log, last, json }) {
    const opened = await openStore(store, postgres)
    try {
      const status = { budgets: (await opened.status()).map(viewOf), ...readLog(log, last) }
      if (json) console.log(JSON.stringify(status))
      else print(status)
    } finally {
      await opened.close()
    }
  },
})

async function openStore(file: string | null, url: string | null): Promise<BudgetStore> {
  if (file !== null && url === null)
    return createSqliteBudgetStore({ path: file, clock: { now: Date.now } })
  if (url !== null && file === null)
    return createPostgresBudgetStore({ pool: new pg.Pool({ connectionString: url, max: 1 }) })
  throw new InvalidInputError({
    field: 'budget store',
    found: file === null ? 'none' : 'two',
    allowed: 'either --store FILE or --postgres URL',
  })
}

function viewOf(status: BudgetStatus): BudgetView {
  return {
    ...status.key,
    slot: status.slot,
    budgetUsd: numberFromUsd(status.budget),
    grantedUsd: numberFromUsd(status.granted),
    carriedUsd: numberFromUsd(status.carried),
    availableUsd: numberFromUsd(status.available),
    recentUsd: numberFromUsd(status.recent),
    unabsorbedUsd: status.flow.fast + status.flow.slow,
    spentUsd: numberFromUsd(status.spent),
    leases: status.leases,
  }
}

function readLog(path: string | null, last: number): Omit<GovernorStatus, 'budgets'> {
  if (path === null) return { refusals: [], reproduction: null, wall: null }
  const log = createSqliteEventStore(path)
  try {
    return summarize(
      log.read().map(({ event }) => event),
      last,
    )
  } finally {
    log.close()
  }
}

/** What the grants of a log say, the latest first. */
export function summarize(events: readonly Event[], last: number): Omit<GovernorStatus, 'budgets'> {
  const refusals: Refusal[] = []
  let reproduction: RuleCheck | null = null
  let wall: RuleCheck | null = null
  for (const event of events.toReversed()) {
    if (event.type !== 'order.governed') continue
    const { grant } = event
    reproduction ??= grant.checks.find(({ rule }) => rule === 'reproduction') ?? null
    wall ??= grant.checks.find(({ rule }) => rule.startsWith('wall-own')) ?? null
    if ((grant.type === 'denied' || grant.type === 'deferred') && refusals.length < last)
      refusals.push({
        order: event.order,
        block: String(event.block),
        type: grant.type,
        rule: grant.rule,
        check: grant.checks.find(({ rule }) => rule === grant.rule) ?? null,
      })
  }
  return { refusals, reproduction, wall }
}

function print({ budgets, refusals, reproduction, wall }: GovernorStatus): void {
  if (budgets.length === 0) console.log('No budget is defined: nothing is granted.')
  for (const each of budgets) {
    console.log(`${each.asset} on ${each.venue} (${each.purpose}), slot ${each.slot}`)
    console.log(
      `  budget ${money(each.budgetUsd)}, granted ${money(each.grantedUsd)}, carried ${money(each.carriedUsd)}, available ${money(each.availableUsd)}, ${each.leases} lease(s)`,
    )
    console.log(
      `  traded in five minutes ${money(each.recentUsd)}, not absorbed ${money(each.unabsorbedUsd)}, ever ${money(each.spentUsd)}`,
    )
  }
  if (reproduction !== null)
    console.log(`R̂ ${reproduction.asked.toFixed(2)}, amber from ${reproduction.limit.toFixed(2)}`)
  if (wall !== null) console.log(`${wall.rule}: ${money(wall.asked)} of ${money(wall.limit)}`)
  for (const { order, block, type, rule, check } of refusals)
    console.log(
      `${type} ${order} at block ${block}: ${rule}${check === null ? '' : `, asked ${check.asked.toFixed(2)}, limit ${check.limit.toFixed(2)} ${check.unit}`}`,
    )
}
