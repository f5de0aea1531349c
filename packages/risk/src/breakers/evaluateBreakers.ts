import type { BreakerConfig } from './BreakerConfig.ts'
import type { BreakerCheck, BreakerState, Latch, Level, Scope, Standing } from './BreakerState.ts'
import type { Finding, Signal } from './Finding.ts'
import type { MarketReadings } from './MarketReadings.ts'
import { judgeDeviation, medianPrices } from './rules/deviation.ts'
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
  const findings = oneASubject([
    ...judgeFeeds(readings, config, now),
    ...judgeDeviation(readings, config, now),
    ...judgePools(readings, config),
    ...judgeStables(readings, config),
    ...judgeParities(readings, config),
    ...judgeSequencers(readings, config, now),
    ...judgePerps(readings, config),
  ])
  const before = new Map((previous?.checks ?? []).map((check) => [keyOf(check), check]))
  const watched = previous !== null && now - previous.at <= config.maxGapSeconds
  const checks = findings.map((finding) =>
    remember({ finding, before: before.get(keyOf(finding)) ?? null, watched, now }),
  )
  for (const finding of findings) before.delete(keyOf(finding))
  for (const check of before.values())
    if (isOpen(check) && now - check.seenAt < config.forgetSeconds) checks.push(unseen(check))

  return {
    at: now,
    checks,
    standings: standingsOf(checks),
    medians: medianPrices(readings, config, now),
    overall: worst(checks.filter(({ on }) => on.some(({ type }) => type !== 'feed'))),
  }
}

const keyOf = ({ rule, subject }: Pick<Finding, 'rule' | 'subject'>): string => `${rule} ${subject}`

/** One finding a rule and subject: of several readings of the same thing the worst counts. */
function oneASubject(findings: readonly Finding[]): readonly Finding[] {
  const worstOf = new Map<string, Finding>()
  for (const finding of findings) {
    const other = worstOf.get(keyOf(finding))
    if (other === undefined || gravity(finding) > gravity(other))
      worstOf.set(keyOf(finding), finding)
  }
  return [...worstOf.values()]
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
  const scopes = new Map<string, Scope>()
  for (const { on } of checks)
    for (const scope of on) scopes.set(`${scope.type} ${scope.id}`, scope)
  return [...scopes.values()].map((scope) => {
    const here = checks.filter(({ on }) => on.some((each) => isSame(each, scope)))
    const level = worst(here)
    const rules = here.filter((check) => level !== 'green' && check.level === level)
    return { ...scope, level, rules: [...new Set(rules.map(({ rule }) => rule))] }
  })
}

const isSame = (a: Scope, b: Scope): boolean => a.type === b.type && a.id === b.id

/** The worst level of checks; green of none. */
export function worst(checks: readonly Pick<BreakerCheck, 'level'>[]): Level {
  if (checks.some(({ level }) => level === 'red')) return 'red'
  return checks.some(({ level }) => level === 'amber') ? 'amber' : 'green'
}
