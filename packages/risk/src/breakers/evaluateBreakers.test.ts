import { describe, expect, test } from 'vitest'
import { DEFAULT_BREAKER_CONFIG } from './BreakerConfig.ts'
import type { BreakerState, Level } from './BreakerState.ts'
import { evaluateBreakers } from './evaluateBreakers.ts'
import type { RuleName } from './Finding.ts'
import { type FeedReading, type MarketReadings, NO_READINGS } from './MarketReadings.ts'

const config = DEFAULT_BREAKER_CONFIG
const NOW = 1_800_000_000

const step = (
  readings: Partial<MarketReadings>,
  previous: BreakerState | null = null,
  now = NOW,
): BreakerState =>
  evaluateBreakers({ readings: { ...NO_READINGS, ...readings }, config, previous, now })

const source = (name: string, price: number, age = 0, now = NOW): FeedReading => ({
  feed: name,
  asset: 'ETH',
  role: 'market',
  price,
  updatedAt: now - age,
  heartbeat: 60,
})
const oracle = (age: number, now = NOW): FeedReading => ({
  feed: 'chainlink:ETH',
  asset: 'ETH',
  role: 'protocol',
  price: 2_000,
  updatedAt: now - age,
  heartbeat: 3_600,
})
const protocol = (price: number): MarketReadings['protocol'] => [
  { domain: 'loan', venue: 'aave', asset: 'ETH', price, deviationThreshold: 0.005 },
]
/** Dated so that they stay fresh however long a test runs. */
const three = [2_000, 2_000, 2_000].map((price, i) => ({
  ...source(`m${i}`, price),
  heartbeat: 1e9,
}))

type Rule = {
  readonly rule: RuleName
  /** Readings in which the rule finds this figure. */
  readonly at: (found: number, now?: number) => Partial<MarketReadings>
  readonly amber: number | null
  readonly red: number | null
  /** A hair: on the safe side of a limit, and beyond it. */
  readonly under: (limit: number) => number
  readonly over: (limit: number) => number
}
const higher = {
  under: (limit: number) => limit * (1 - 1e-6),
  over: (limit: number) => limit * (1 + 1e-6),
}
const seconds = { under: (limit: number) => limit - 1, over: (limit: number) => limit + 1 }

const RULES: readonly Rule[] = [
  {
    rule: 'feed-age',
    at: (age, now = NOW) => ({ feeds: [oracle(age, now)] }),
    amber: 3_660,
    red: 5_400,
    ...seconds,
  },
  {
    rule: 'deviation',
    at: (share) => ({ feeds: three, protocol: protocol(2_000 * (1 + share)) }),
    amber: 0.01,
    red: 0.05,
    ...higher,
  },
  {
    rule: 'deviation',
    at: (share) => ({ feeds: three, protocol: protocol(2_000 * (1 - share)) }),
    amber: 0.01,
    red: 0.05,
    ...higher,
  },
  {
    rule: 'deviation',
    at: (share) => ({
      feeds: three,
      protocol: protocol(2_000 * (1 + share)),
      sigma5m: new Map([['ETH', 0.006]]),
    }),
    amber: 0.018,
    red: 0.05,
    ...higher,
  },
  {
    rule: 'disagreement',
    at: (share) => ({
      feeds: [
        source('a', 2_000 * (1 - share)),
        source('b', 2_000),
        source('c', 2_000 * (1 + share)),
      ].map((feed) => ({ ...feed, heartbeat: 1e9 })),
      protocol: protocol(2_000),
    }),
    amber: null,
    red: 0.01,
    ...higher,
  },
  {
    rule: 'spot-twap',
    at: (share) => ({ pools: [pool(share, 100, 100)] }),
    amber: 0.01,
    red: null,
    ...higher,
  },
  {
    rule: 'spot-twap',
    at: (share) => ({ pools: [pool(-share, 100, 100)], sigma5m: new Map([['ETH', 0.005]]) }),
    amber: 0.02,
    red: null,
    ...higher,
  },
  {
    rule: 'spot-twap',
    at: (share) => ({ pools: [pool(share, 49, 100)] }),
    amber: 0.01,
    red: 0.03,
    ...higher,
  },
  {
    rule: 'nav-parity',
    at: (share) => ({
      parities: [{ asset: 'wstETH', base: 'ETH', market: 1.2 * (1 - share), nav: 1.2 }],
    }),
    amber: 0.007,
    red: 0.02,
    ...higher,
  },
  {
    rule: 'nav-parity',
    at: (share) => ({
      parities: [{ asset: 'wstETH', base: 'ETH', market: 1.2 * (1 + share), nav: 1.2 }],
    }),
    amber: 0.007,
    red: 0.02,
    ...higher,
  },
  {
    rule: 'mark-index',
    at: (share) => ({
      perps: [
        { venue: 'perp', market: 'vETH', asset: 'ETH', mark: 2_000 * (1 - share), index: 2_000 },
      ],
    }),
    amber: 0.005,
    red: 0.02,
    ...higher,
  },
]

function pool(share: number, depth: number | null, depthBefore: number | null) {
  return {
    venue: 'uni',
    market: 'WETH/USDC',
    asset: 'ETH',
    spot: 2_000 * (1 + share),
    twap30m: 2_000,
    depth,
    depthBefore,
  }
}

const levelOf = (state: BreakerState, rule: RuleName): Level | undefined =>
  state.checks.find((check) => check.rule === rule)?.level

describe.for(RULES)('$rule (amber $amber, red $red)', (rule) => {
  const level = (found: number, previous: BreakerState | null = null, now = NOW) =>
    levelOf(step(rule.at(found, now), previous, now), rule.rule)

  test('default: green just under and at the first limit', () => {
    const first = rule.amber ?? rule.red!
    expect(level(rule.under(first))).toBe('green')
    expect(level(first)).toBe('green')
  })

  if (rule.amber !== null)
    test('behavior: amber just over its limit, up to that of red', () => {
      expect(level(rule.over(rule.amber!))).toBe('amber')
      if (rule.red === null) expect(level(rule.amber! * 20)).toBe('amber')
      else {
        expect(level(rule.under(rule.red))).toBe('amber')
        expect(level(rule.red)).toBe('amber')
      }
    })

  if (rule.red !== null)
    test('behavior: red just over its limit, with figure and limit', () => {
      const state = step(rule.at(rule.over(rule.red!)))
      const check = state.checks.find((each) => each.rule === rule.rule)!
      expect(check).toMatchObject({ level: 'red', since: NOW })
      expect(check.limit).toBeCloseTo(rule.red!, 9)
      expect(check.found).toBeCloseTo(rule.over(rule.red!), 6)
      expect(state.overall).toBe('red')
    })

  const top: Level = rule.red === null ? 'amber' : 'red'
  const limit = rule.red ?? rule.amber!
  const exit = 0.8 * limit

  test('behavior: stays between exit and limit, however long', () => {
    let state = step(rule.at(rule.over(limit)))
    for (const minute of [5, 10, 15, 20, 40])
      state = step(rule.at(rule.over(exit), NOW + minute * 60), state, NOW + minute * 60)
    expect(levelOf(state, rule.rule)).toBe(top)
  })

  test('behavior: leaves after 15 minutes at the exit limit, not before', () => {
    let state = step(rule.at(rule.over(limit)))
    state = step(rule.at(exit, NOW + 300), state, NOW + 300)
    state = step(rule.at(exit, NOW + 800), state, NOW + 800)
    state = step(rule.at(exit, NOW + 1_199), state, NOW + 1_199)
    expect(levelOf(state, rule.rule)).toBe(top)
    state = step(rule.at(exit, NOW + 1_200), state, NOW + 1_200)
    const below: Level =
      rule.red === null || rule.amber === null || exit < rule.amber * 0.8 ? 'green' : 'amber'
    expect(levelOf(state, rule.rule)).toBe(below)
    expect(state.checks.find((each) => each.rule === rule.rule)!.since).toBe(NOW + 1_200)
  })

  test('behavior: recovers to green, one level after the other or both at once', () => {
    let state = step(rule.at(rule.over(limit)))
    for (const minute of [5, 10, 15, 20])
      state = step(rule.at(0, NOW + minute * 60), state, NOW + minute * 60)
    expect(levelOf(state, rule.rule)).toBe('green')
  })

  test('behavior: a relapse starts the clear time anew', () => {
    let state = step(rule.at(rule.over(limit)))
    state = step(rule.at(0, NOW + 300), state, NOW + 300)
    state = step(rule.at(rule.over(limit), NOW + 900), state, NOW + 900)
    state = step(rule.at(0, NOW + 1_200), state, NOW + 1_200)
    state = step(rule.at(0, NOW + 1_800), state, NOW + 1_800)
    expect(levelOf(state, rule.rule)).toBe(top)
    expect(state.checks.find((each) => each.rule === rule.rule)!.since).toBe(NOW)
  })

  test('behavior: time that nobody watched is not clear time', () => {
    let state = step(rule.at(rule.over(limit)))
    state = step(rule.at(0, NOW + 60), state, NOW + 60)
    state = step(rule.at(0, NOW + 2_000), state, NOW + 2_000)
    expect(levelOf(state, rule.rule)).toBe(top)
  })

  test('behavior: silence is not recovery, until it is forgotten', () => {
    const red = step(rule.at(rule.over(limit)))
    let state = red
    for (const minute of [5, 10, 15, 20, 60]) state = step({}, state, NOW + minute * 60)
    expect(levelOf(state, rule.rule)).toBe(top)
    expect(state.checks.find((each) => each.rule === rule.rule)!.found).toBeNull()
    expect(levelOf(step({}, state, NOW + 86_399), rule.rule)).toBe(top)
    expect(levelOf(step({}, state, NOW + 86_400), rule.rule)).toBeUndefined()
  })
})

describe('feed-age', () => {
  test('behavior: every feed against its own heartbeat', () => {
    const state = step({
      feeds: [
        { ...oracle(3_000), feed: 'hourly' },
        { ...oracle(3_000), feed: 'minutely', heartbeat: 600 },
      ],
    })
    const levels = state.checks.filter(({ rule }) => rule === 'feed-age').map(({ level }) => level)
    expect(levels).toEqual(['green', 'red'])
    expect(state.standings).toContainEqual({
      type: 'feed',
      id: 'minutely',
      level: 'red',
      rules: ['feed-age'],
    })
  })

  test('behavior: a date ahead of the block is red, one within the allowance is not', () => {
    expect(levelOf(step({ feeds: [oracle(-30)] }), 'feed-age')).toBe('green')
    expect(levelOf(step({ feeds: [oracle(-31)] }), 'feed-age')).toBe('red')
    expect(levelOf(step({ feeds: [{ ...oracle(0), updatedAt: Number.NaN }] }), 'feed-age')).toBe(
      'red',
    )
  })

  test.for([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'behavior: a price of %s is red',
    (price) => {
      const state = step({ feeds: [{ ...oracle(0), price }] })
      expect(levelOf(state, 'feed-price')).toBe('red')
      expect(state.overall).toBe('red')
    },
  )

  test('behavior: a market source that is red alone leaves the book green', () => {
    const state = step({
      feeds: [...three, source('dead', 2_000, 9_000)],
      protocol: protocol(2_000),
    })
    expect(levelOf(step({ feeds: [source('dead', 2_000, 9_000)] }), 'feed-age')).toBe('red')
    expect(state.overall).toBe('green')
    expect(state.standings).toContainEqual({
      type: 'feed',
      id: 'dead',
      level: 'red',
      rules: ['feed-age'],
    })
  })
})

describe('fresh-sources', () => {
  const of = (...feeds: readonly FeedReading[]) => step({ feeds, protocol: protocol(2_000) })

  test.for([
    [3, 'green'],
    [2, 'amber'],
    [1, 'amber'],
    [0, 'red'],
  ] as const)('default: %s sources are %s', ([count, expected]) => {
    expect(levelOf(of(...three.slice(0, count)), 'fresh-sources')).toBe(expected)
    expect(of(...three.slice(0, count)).overall).toBe(expected)
  })

  test.for([
    ['stale', source('c', 2_000, 121)],
    ['future-dated', source('c', 2_000, -31)],
    ['without a price', source('c', 0)],
  ] as const)('behavior: a source that is %s does not count', ([, bad]) => {
    const state = of(source('a', 2_000), source('b', 2_000), bad)
    expect(levelOf(state, 'fresh-sources')).toBe('amber')
    expect(state.medians).toEqual([{ asset: 'ETH', price: 2_000, sources: 2 }])
    expect(state.standings.find(({ id }) => id === 'c')?.level).not.toBe('green')
  })

  test('behavior: at the age limit a source still counts', () => {
    expect(
      levelOf(of(source('a', 1, 120), source('b', 1, 120), source('c', 1, 120)), 'fresh-sources'),
    ).toBe('green')
  })

  test('behavior: stale sources have no say in the median, however many', () => {
    const stale = ['d', 'e', 'f', 'g'].map((name) => source(name, 1_000, 3_600))
    const state = of(...three, ...stale)
    expect(state.medians).toEqual([{ asset: 'ETH', price: 2_000, sources: 3 }])
    expect(levelOf(state, 'deviation')).toBe('green')
  })

  test('behavior: exempt assets are not compared', () => {
    const state = evaluateBreakers({
      readings: { ...NO_READINGS, protocol: protocol(2_000) },
      config: { ...config, sources: { ...config.sources, exempt: ['ETH'] } },
      previous: null,
      now: NOW,
    })
    expect(state.overall).toBe('green')
    expect(state.checks).toEqual([])
  })
})

describe('deviation', () => {
  test('behavior: one of three sources cannot move the median', () => {
    const state = step({
      feeds: [source('a', 2_000), source('b', 2_001), source('c', 200)],
      protocol: protocol(2_000),
    })
    expect(levelOf(state, 'deviation')).toBe('green')
    expect(levelOf(state, 'disagreement')).toBe('green')
    expect(state.medians[0]?.price).toBe(2_000)
  })

  test('behavior: a wide feed threshold widens both limits', () => {
    const wide = (price: number) =>
      step({
        feeds: three,
        protocol: [{ ...protocol(price)[0]!, deviationThreshold: 0.02 }],
      })
    expect(levelOf(wide(2_080), 'deviation')).toBe('green')
    expect(levelOf(wide(2_081), 'deviation')).toBe('amber')
    expect(levelOf(wide(2_160), 'deviation')).toBe('amber')
    expect(levelOf(wide(2_161), 'deviation')).toBe('red')
  })

  test('behavior: two domains on one venue are judged each on its own oracle', () => {
    const [one] = protocol(2_000)
    const state = step({
      feeds: three,
      protocol: [one!, { ...one!, domain: 'other', price: 1_800 }],
    })
    expect(
      state.checks
        .filter(({ rule }) => rule === 'deviation')
        .map(({ subject, level }) => [subject, level]),
    ).toEqual([
      ['ETH on loan', 'green'],
      ['ETH on other', 'red'],
    ])
  })

  test('behavior: what cannot be a price is red', () => {
    expect(levelOf(step({ feeds: three, protocol: protocol(0) }), 'deviation')).toBe('red')
    expect(levelOf(step({ feeds: three, protocol: protocol(Number.NaN) }), 'deviation')).toBe('red')
  })
})

describe('spot-twap', () => {
  test.for([
    ['half of the depth gone', 50, 100, 'amber'],
    ['more than half gone', 49.99, 100, 'red'],
    ['depth of before unknown', 1, null, 'amber'],
    ['depth of now unknown', null, 100, 'amber'],
  ] as const)('behavior: a spot that is off with %s', ([, depth, before, expected]) => {
    expect(levelOf(step({ pools: [pool(-0.04, depth, before)] }), 'spot-twap')).toBe(expected)
  })

  test('behavior: of two readings of one pool the worse counts', () => {
    const state = step({ pools: [pool(0.04, 10, 100), pool(0, 100, 100)] })
    expect(state.checks.map(({ level }) => level)).toEqual(['red'])
    const reversed = step({ pools: [pool(0, 100, 100), pool(0.04, 10, 100)] })
    expect(reversed.checks).toEqual(state.checks)
  })
})

describe('stable-peg', () => {
  const at = (price: number, redemption: number | null = null) => ({
    stables: [{ asset: 'USDC', price, redemption }],
  })
  const after = (minutes: number, price: number, redemption: number | null = null) => {
    let state = step(at(price, redemption))
    for (let minute = 1; minute <= minutes; minute++)
      state = step(at(price, redemption), state, NOW + minute * 60)
    return levelOf(state, 'stable-peg')
  }

  test.for([
    [1, 60, 'green'],
    [0.995, 60, 'green'],
    [0.9949, 9, 'green'],
    [0.9949, 10, 'amber'],
    [0.98, 60, 'amber'],
    [0.9799, 4, 'green'],
    [0.9799, 5, 'red'],
  ] as const)('default: %s for %s minutes is %s', ([price, minutes, expected]) => {
    expect(after(minutes, price)).toBe(expected)
  })

  test('behavior: a single print in between starts its time anew', () => {
    let state = step(at(0.97))
    state = step(at(0.99), state, NOW + 240)
    state = step(at(0.97), state, NOW + 300)
    expect(levelOf(step(at(0.97), state, NOW + 599), 'stable-peg')).toBe('green')
    expect(levelOf(step(at(0.97), state, NOW + 600), 'stable-peg')).toBe('red')
  })

  test('behavior: an issuer that pays at par keeps it amber, one that does not makes it red', () => {
    expect(after(20, 0.9, 1)).toBe('amber')
    expect(after(20, 0.9, 0.995)).toBe('amber')
    expect(after(20, 0.9, 0.994)).toBe('red')
    expect(after(20, 0.9, 0)).toBe('red')
  })

  test('behavior: leaves nearer to a dollar than it entered, after its time', () => {
    let state = step(at(0.97))
    state = step(at(0.97), state, NOW + 300)
    expect(levelOf(state, 'stable-peg')).toBe('red')
    for (const minute of [10, 20, 30]) state = step(at(0.983), state, NOW + minute * 60)
    expect(levelOf(state, 'stable-peg')).toBe('red')
    for (const minute of [35, 45, 50]) state = step(at(0.984), state, NOW + minute * 60)
    expect(levelOf(state, 'stable-peg')).toBe('amber')
    for (const minute of [55, 65, 70]) state = step(at(0.9959), state, NOW + minute * 60)
    expect(levelOf(state, 'stable-peg')).toBe('amber')
    for (const minute of [75, 85, 90]) state = step(at(0.996), state, NOW + minute * 60)
    expect(levelOf(state, 'stable-peg')).toBe('green')
  })

  test('behavior: a quote that is missing once does not reset its time', () => {
    let state = step(at(0.97))
    state = step({}, state, NOW + 200)
    expect(levelOf(step(at(0.97), state, NOW + 300), 'stable-peg')).toBe('red')
  })
})

describe('sequencer', () => {
  const at = (up: boolean, since: number) => ({ sequencers: [{ chain: 'arbitrum', up, since }] })

  test('default: down is red, up long ago is green', () => {
    expect(step(at(false, NOW - 9_999)).overall).toBe('red')
    expect(step(at(true, NOW - 9_999)).overall).toBe('green')
  })

  test('behavior: grace of an hour after it came up, to the second', () => {
    const down = step(at(false, NOW))
    expect(step(at(true, NOW + 60), down, NOW + 60 + 3_599).overall).toBe('red')
    expect(step(at(true, NOW + 60), down, NOW + 60 + 3_600).overall).toBe('red')
    expect(step(at(true, NOW + 60), down, NOW + 60 + 3_601).overall).toBe('green')
  })

  test('behavior: a date to come is red', () => {
    expect(step(at(true, NOW + 1)).overall).toBe('red')
    expect(step(at(true, Number.NaN)).overall).toBe('red')
  })
})

test('default: nothing read is green and says nothing', () => {
  expect(step({})).toEqual({ at: NOW, checks: [], standings: [], medians: [], overall: 'green' })
})

test('behavior: what was green and is not read any more is gone', () => {
  const green = step({ feeds: [oracle(0)] })
  expect(green.checks).toHaveLength(2)
  expect(step({}, green, NOW + 60).checks).toEqual([])
})

test('behavior: the state is plain JSON and goes on after a restart', () => {
  const readings = { feeds: three, protocol: protocol(2_200), ...{ pools: [pool(0.02, 1, 1)] } }
  const state = step(readings)
  const restored = JSON.parse(JSON.stringify(state)) as BreakerState
  expect(restored).toEqual(state)
  const calm = { feeds: three, protocol: protocol(2_000) }
  expect(step(calm, restored, NOW + 60)).toEqual(step(calm, state, NOW + 60))
})

test('behavior: standings name asset and venue with the rules of the worst level', () => {
  const state = step({
    feeds: three.slice(0, 2),
    protocol: protocol(2_200),
    perps: [{ venue: 'perp', market: 'vETH', asset: 'ETH', mark: 2_020, index: 2_000 }],
  })
  expect(state.standings).toContainEqual({
    type: 'asset',
    id: 'ETH',
    level: 'red',
    rules: ['deviation'],
  })
  expect(state.standings).toContainEqual({
    type: 'venue',
    id: 'aave',
    level: 'red',
    rules: ['deviation'],
  })
  expect(state.standings).toContainEqual({
    type: 'venue',
    id: 'perp',
    level: 'amber',
    rules: ['mark-index'],
  })
})
