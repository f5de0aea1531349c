import type { BreakerConfig } from '../BreakerConfig.ts'
import { above, type Finding, NEVER, type Signal, when } from '../Finding.ts'
import type { MarketReadings, PoolReading } from '../MarketReadings.ts'

/**
 * Spot of an exchange against its 30-minute average; red needs depth to have gone as well.
 *
 * Where depth before is not known the level stays amber: a fast market alone is no manipulation.
 *
 * @see RISK.md part E
 */
export function judgePools(
  { pools, sigma5m }: MarketReadings,
  { twap, exitShare: exit, clearSeconds }: BreakerConfig,
): readonly Finding[] {
  return pools.map((pool) => {
    const found = Math.abs(pool.spot / pool.twap30m - 1)
    const limit = Math.max(twap.amberFloor, twap.amberSigmas * (sigma5m.get(pool.asset) ?? 0))
    const price = above({ found, limit: twap.red, exit })
    const dropped = depthDrop(pool)
    return {
      rule: 'spot-twap',
      subject: `${pool.market} on ${pool.venue}`,
      on: [
        { type: 'asset', id: pool.asset },
        { type: 'venue', id: pool.venue },
      ],
      found: orNull(found),
      amber: above({ found, limit, exit }),
      red: {
        ...price,
        crossed: price.crossed && dropped > twap.depthDrop,
        held: price.held && dropped > exit * twap.depthDrop,
      },
      clearSeconds,
    }
  })
}

/** Share of depth that is gone; 0 where that is not known. */
const depthDrop = ({ depth, depthBefore }: PoolReading): number =>
  depth === null || depthBefore === null || !(depthBefore > 0) ? 0 : 1 - depth / depthBefore

/**
 * A stable token below its dollar, for as long as the rule asks. Red is price and redemption: an issuer that is known to
 * pay out at par makes it a cheap market, not a broken token.
 *
 * @see RISK.md part E
 */
export function judgeStables(
  { stables }: MarketReadings,
  { stable, exitShare, clearSeconds }: BreakerConfig,
): readonly Finding[] {
  return stables.map(({ asset, price, redemption }) => {
    const below = (limit: number, enterSeconds: number): Signal => ({
      limit,
      crossed: !(price >= limit),
      held: !(price >= 1 - exitShare * (1 - limit) - 1e-12),
      enterSeconds,
    })
    const broken = below(stable.redBelow, stable.redSeconds)
    const redeemed = redemption !== null && redemption >= stable.redemptionPar
    return {
      rule: 'stable-peg',
      subject: asset,
      on: [{ type: 'asset', id: asset }],
      found: orNull(price),
      amber: below(stable.amberBelow, stable.amberSeconds),
      red: redeemed ? { ...broken, crossed: false, held: false } : broken,
      clearSeconds,
    }
  })
}

/** A staking receipt against its net asset value, in either direction. @see RISK.md part E */
export function judgeParities(
  { parities }: MarketReadings,
  { parity, exitShare: exit, clearSeconds }: BreakerConfig,
): readonly Finding[] {
  return parities.map(({ asset, base, market, nav }) => {
    const found = Math.abs(market / nav - 1)
    return {
      rule: 'nav-parity',
      subject: `${asset} in ${base}`,
      on: [{ type: 'asset', id: asset }],
      found: orNull(found),
      amber: above({ found, limit: parity.amber, exit }),
      red: above({ found, limit: parity.red, exit }),
      clearSeconds,
    }
  })
}

/**
 * A rollup whose sequencer is down, or came up less than the grace ago: prices on it may be of before.
 *
 * The grace is its clear time; there is no other.
 *
 * @see Chainlink "L2 sequencer uptime feeds": prices are refused while `timeSinceUp <= GRACE_PERIOD_TIME`
 */
export function judgeSequencers(
  { sequencers }: MarketReadings,
  { sequencerGraceSeconds }: BreakerConfig,
  now: number,
): readonly Finding[] {
  return sequencers.map(({ chain, up, since }) => {
    const passed = now - since
    return {
      rule: 'sequencer',
      subject: chain,
      on: [{ type: 'chain', id: chain }],
      found: up ? orNull(passed) : 0,
      amber: NEVER,
      red: when(!up || !(passed > sequencerGraceSeconds), sequencerGraceSeconds),
      clearSeconds: 0,
    }
  })
}

/** What a perp account is liquidated on against the index it should follow. @see RISK.md part E */
export function judgePerps(
  { perps }: MarketReadings,
  { markIndex, exitShare: exit, clearSeconds }: BreakerConfig,
): readonly Finding[] {
  return perps.map(({ venue, market, mark, index }) => {
    const found = Math.abs(mark / index - 1)
    return {
      rule: 'mark-index',
      subject: `${market} on ${venue}`,
      on: [{ type: 'venue', id: venue }],
      found: orNull(found),
      amber: above({ found, limit: markIndex.amber, exit }),
      red: above({ found, limit: markIndex.red, exit }),
      clearSeconds,
    }
  })
}

const orNull = (found: number): number | null => (Number.isFinite(found) ? found : null)
