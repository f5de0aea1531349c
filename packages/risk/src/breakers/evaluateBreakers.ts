import type { BreakerConfig } from './BreakerConfig.ts'
import type { BreakerCheck, BreakerState, Latch, Level, Scope, Standing } from './BreakerState.ts'
import type { Finding, RuleName, Signal } from './Finding.ts'
import type { MarketReadings } from './MarketReadings.ts'
import { judgeDeviation, marketsOf } from './rules/deviation.ts'
import { judgeFeeds } from './rules/feeds.ts'
import {
  judgeParities,
  judgePerps,
  judgePools,
  judgeSequencers,
  judgeStables,
} from './rules/markets.ts'

const OFF: Latch = { on: false, crossedSince: null, clearSince: null }

/**
 * Judges how far prices can be trusted: every rule on every subject, with the memory of the last time.
 *
 * A level is entered when its limit is crossed (for stable tokens: long enough) and left when the figure has been within
 * `exitShare` of the limit for `clearSeconds` without a gap. A subject that was not green and is not read any more keeps its
 * level until `forgetSeconds` have passed: silence is not recovery.
 *
 * @param p.previous - State of the last evaluation; null at the first.
 * @param p.now - Time of the block. [s]
 * @see RISK.md part E
 */
export function evaluateBreakers(p: {
  readonly readings: MarketReadings
  readonly config: BreakerConfig
  readonly previous: BreakerState | null
  readonly now: number
}): BreakerState {
  const { readings, config, previous, now } = p
  const markets = marketsOf(readings, config, now)
  const found = worstOfEach([
    ...judgeFeeds(readings, config, now),
    ...judgeDeviation(readings, markets, config),
    ...judgePools(readings, config),
    ...judgeStables(readings, config),
    ...judgeParities(readings, config),
    ...judgeSequencers(readings, config, now),
    ...judgePerps(readings, config),
  ])
  const before = createIndex<BreakerCheck>()
  for (const check of previous?.checks ?? []) before.set(check, check)
  const watched = previous !== null && now - previous.at <= config.maxGapSeconds
  const checks = found.all.map(({ finding }) =>
    remember({ finding, before: before.get(finding) ?? null, watched, now }),
  )
  for (const check of previous?.checks ?? [])
    if (isOpen(check) && now - check.seenAt < config.forgetSeconds)
      if (found.by.get(check) === undefined) checks.push(unseen(check))

  const standings = standingsOf(checks)
  return {
    at: now,
    checks,
    standings,
    medians: [...markets.values()].map(({ asset, price, sources }) => ({ asset, price, sources })),
    overall: worst(standings.filter(({ type }) => type !== 'feed')),
  }
}

/** Something by rule and subject. In two steps: joined names would be made and hashed at every look. */
type Index<T> = {
  get(of: Subject): T | undefined
  set(of: Subject, value: T): void
}
type Subject = { readonly rule: RuleName; readonly subject: string }

function createIndex<T>(): Index<T> {
  const rules = new Map<RuleName, Map<string, T>>()
  return {
    get: ({ rule, subject }) => rules.get(rule)?.get(subject),
    set({ rule, subject }, value) {
      const known = rules.get(rule)
      if (known === undefined) rules.set(rule, new Map([[subject, value]]))
      else known.set(subject, value)
    },
  }
}

type Worst = { finding: Finding }

/** One finding a rule and subject: of several readings of the same thing the worst counts. */
function worstOfEach(findings: readonly Finding[]): {
  readonly all: readonly Worst[]
  readonly by: Index<Worst>
} {
  const all: Worst[] = []
  const by = createIndex<Worst>()
  for (const finding of findings) {
    const known = by.get(finding)
    if (known === undefined) {
      const first = { finding }
      all.push(first)
      by.set(finding, first)
    } else if (gravity(finding) > gravity(known.finding)) known.finding = finding
  }
  return { all, by }
}

const gravity = ({ amber, red }: Finding): number =>
  red.crossed ? 4 : red.held ? 3 : amber.crossed ? 2 : amber.held ? 1 : 0

function remember(p: {
  readonly finding: Finding
  readonly before: BreakerCheck | null
  readonly watched: boolean
  readonly now: number
}): BreakerCheck {
  const { finding, before, watched, now } = p
  const { clearSeconds } = finding
  const next = (signal: Signal, latch: Latch | undefined): Latch =>
    turn({ signal, latch: latch ?? OFF, watched, now, clearSeconds })
  const amber = next(finding.amber, before?.amber)
  const red = next(finding.red, before?.red)
  const level: Level = red.on ? 'red' : amber.on ? 'amber' : 'green'
  return {
    rule: finding.rule,
    subject: finding.subject,
    on: finding.on,
    level,
    since: before?.level === level ? before.since : now,
    found: finding.found,
    limit: level === 'red' ? finding.red.limit : (finding.amber.limit ?? finding.red.limit),
    seenAt: now,
    amber,
    red,
  }
}

function turn(p: {
  readonly signal: Signal
  readonly latch: Latch
  readonly watched: boolean
  readonly now: number
  readonly clearSeconds: number
}): Latch {
  const { signal, latch, now } = p
  if (!latch.on && !signal.crossed) return OFF
  const crossedSince = signal.crossed ? (latch.crossedSince ?? now) : null
  if (crossedSince !== null && now - crossedSince >= signal.enterSeconds)
    return { on: true, crossedSince, clearSince: null }
  if (!latch.on || signal.crossed || signal.held)
    return { on: latch.on, crossedSince, clearSince: null }
  const clearSince = (p.watched ? latch.clearSince : null) ?? now
  return now - clearSince >= p.clearSeconds ? OFF : { on: true, crossedSince: null, clearSince }
}

/** True for what must not be forgotten when it is not read. */
const isOpen = ({ level, amber, red }: BreakerCheck): boolean =>
  level !== 'green' || amber.crossedSince !== null || red.crossedSince !== null

const unseen = (check: BreakerCheck): BreakerCheck => ({
  ...check,
  found: null,
  amber: { ...check.amber, clearSince: null },
  red: { ...check.red, clearSince: null },
})

function standingsOf(checks: readonly BreakerCheck[]): readonly Standing[] {
  const all: Open[] = []
  const scopes = new Map<Scope['type'], Map<string, Open>>()
  for (const { on, level, rule } of checks)
    for (const { type, id } of on) {
      const ofType = scopes.get(type) ?? new Map<string, Open>()
      scopes.set(type, ofType)
      let standing = ofType.get(id)
      if (standing === undefined) {
        standing = { type, id, level: 'green', rules: [] }
        ofType.set(id, standing)
        all.push(standing)
      }
      if (RANK[level] > RANK[standing.level]) {
        standing.level = level
        standing.rules = [rule]
      } else if (level !== 'green' && level === standing.level && !standing.rules.includes(rule))
        standing.rules.push(rule)
    }
  return all
}

/** A standing while checks are added to it. */
type Open = Scope & { level: Level; rules: RuleName[] }

const RANK: Readonly<Record<Level, number>> = { green: 0, amber: 1, red: 2 }

/** The worst level of checks; green of none. */
export function worst(checks: readonly Pick<BreakerCheck, 'level'>[]): Level {
  if (checks.some(({ level }) => level === 'red')) return 'red'
  return checks.some(({ level }) => level === 'amber') ? 'amber' : 'green'
}
