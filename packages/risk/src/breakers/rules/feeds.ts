import type { BreakerConfig } from '../BreakerConfig.ts'
import type { Scope } from '../BreakerState.ts'
import { above, type Finding, NEVER, when } from '../Finding.ts'
import type { FeedReading, MarketReadings } from '../MarketReadings.ts'

/** Oldest age at which a feed still counts as fresh. [s] */
const freshFor = ({ heartbeat }: FeedReading, { age }: BreakerConfig): number =>
  heartbeat * age.amberBeats + age.amberSlack

/** True for a price that exists and whose date is neither too old nor yet to come. */
export function isFresh(feed: FeedReading, config: BreakerConfig, now: number): boolean {
  const age = now - feed.updatedAt
  return isPrice(feed.price) && -config.futureSeconds <= age && age <= freshFor(feed, config)
}

/**
 * Age of every feed against its own heartbeat, and whether it gives a price at all.
 *
 * A date ahead of now is red: it makes a stale price look fresh. A feed that venues liquidate on speaks for its asset; a
 * market source for itself alone.
 *
 * @see RISK.md part E
 */
export function judgeFeeds(
  { feeds }: MarketReadings,
  config: BreakerConfig,
  now: number,
): readonly Finding[] {
  const { exitShare: exit, clearSeconds } = config
  const findings: Finding[] = []
  for (const feed of feeds) {
    const age = now - feed.updatedAt
    const own: Scope = { type: 'feed', id: feed.feed }
    const on: readonly Scope[] =
      feed.role === 'protocol' ? [own, { type: 'asset', id: feed.asset }] : [own]
    const amber = freshFor(feed, config)
    const red = Math.max(feed.heartbeat * config.age.redBeats, amber)
    const early = !(age >= -config.futureSeconds)
    findings.push(
      {
        rule: 'feed-age',
        subject: feed.feed,
        on,
        found: Number.isFinite(age) ? age : null,
        amber: above({ found: age, limit: amber, exit }),
        red: early ? when(true, -config.futureSeconds) : above({ found: age, limit: red, exit }),
        clearSeconds,
      },
      {
        rule: 'feed-price',
        subject: feed.feed,
        on,
        found: Number.isFinite(feed.price) ? feed.price : null,
        amber: NEVER,
        red: when(!isPrice(feed.price), 0),
        clearSeconds,
      },
    )
  }
  return findings
}

/** True for what can be a price. */
export const isPrice = (value: number): boolean => value > 0 && Number.isFinite(value)
