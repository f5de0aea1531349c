import { InvalidInputError, numberFromUsd } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { type DynamicParts, planDynamic } from '../../test/planDynamic.ts'
import { domainId, routes, USDC, WBTC, WETH, type WorldSketch } from '../../test/world.ts'
import { DEFAULT_ASSESS_CONFIG } from '../AssessConfig.ts'
import { policyTable } from '../policy/readyTable.ts'
import { createDynamicProgramming } from './createDynamicProgramming.ts'
import { DYNAMIC_PROGRAMMING } from './DynamicProgrammingConfig.ts'

/** A loan of 10 ETH at a threshold of 0.8 and a health of one's choice. */
const loan = (health: number, venue = 'aave') => ({
  venue,
  collateral: [{ token: WETH, amount: 100 }],
  debt: [{ token: USDC, amount: 160_000 / health }],
})
const typesOf = (sketch: WorldSketch, parts?: DynamicParts) =>
  planDynamic(sketch, parts).plan.actions.map(({ type }) => type)

describe('when', () => {
  test('default: in its band a loan is left alone, and the plan says where the band begins', () => {
    const { plan } = planDynamic({ loans: [loan(1.6)] })
    expect(plan.actions).toEqual([])
    expect(plan.why).toMatch(/^Hold: .*health 1\.600, its band starts at 1\.\d+, P\(liquid/)
  })

  test('default: below its band it is brought to the band’s target, early and little in calm', () => {
    const { plan } = planDynamic({ loans: [loan(1.35)] })
    const [action] = plan.actions
    expect(action).toMatchObject({ type: 'deleverage', settlement: 'atomic' })
    expect(action!.healthAfter).toBeGreaterThan(1.45)
    expect(action!.healthAfter).toBeLessThan(1.65)
  })

  test('behavior: the same health is in its band while markets are wild, when trading is dear', () => {
    expect(typesOf({ loans: [loan(1.35)] })).toEqual(['deleverage'])
    expect(typesOf({ loans: [loan(1.35)] }, { sigma: 0.075 })).toEqual([])
    expect(typesOf({ loans: [loan(1.09)] }, { sigma: 0.075 })).toEqual(['deleverage'])
  })

  test('behavior: without a forecast a domain is taken for stressed, and defended all the same', () => {
    expect(typesOf({ loans: [loan(1.35)] }, { sigma: null })).toEqual([])
    expect(typesOf({ loans: [loan(1.08)] }, { sigma: null })).toEqual(['deleverage'])
  })

  test('behavior: a probability within the hour above its floor asks for defence inside the band', () => {
    const wild = { sigma: 0.3, config: { floorProbability1h: 0.001 } }
    const { plan } = planDynamic({ loans: [loan(1.3)] }, wild)
    expect(plan.why).toContain('P(liquidation within 1 h) is above 0.001')
    expect(plan.actions.length).toBeGreaterThan(0)
    expect(
      typesOf({ loans: [loan(1.3)] }, { sigma: 0.3, config: { floorProbability1h: 1 } }),
    ).toEqual([])
  })

  test('behavior: a higher target leverage moves the band down', () => {
    const config = { targetLeverage: { otherwise: 2, domains: { [domainId('aave')]: 3 } } }
    expect(typesOf({ loans: [loan(1.25)] })).toEqual(['deleverage'])
    expect(typesOf({ loans: [loan(1.25)] }, { config })).toEqual([])
  })
})

describe('which', () => {
  const reserve = [{ token: USDC, amount: 100_000 }]

  test('default: what the reserve pays for is not sold', () => {
    const { plan } = planDynamic({ loans: [loan(1.35)], reserve })
    expect(plan.actions.map(({ type }) => type)).toEqual(['repay'])
    const verdicts = plan.considered!.map(({ type, verdict }) => `${type} ${verdict}`)
    expect(verdicts).toContain('repay chosen')
    expect(verdicts).toContain('deleverage runner-up')
  })

  test('behavior: a reserve that is too small pays for what it can, the rest is sold', () => {
    const { plan } = planDynamic({ loans: [loan(1.35)], reserve: [{ token: USDC, amount: 9_000 }] })
    expect(plan.actions.map(({ type }) => type)).toEqual(['repay', 'deleverage'])
  })

  test('behavior: a reserve with too high a price is kept', () => {
    const config = { reservePriceBps: 1_000 }
    expect(typesOf({ loans: [loan(1.35)], reserve }, { config })).toEqual(['deleverage'])
  })

  test('behavior: collateral comes from a domain that stays at its own target', () => {
    const donor = { venue: 'morpho', collateral: [{ token: WETH, amount: 200 }], debt: [] }
    const to = { transfers: [{ from: domainId('morpho'), to: domainId('aave') }] }
    const { plan } = planDynamic({ loans: [loan(1.35), donor] }, { routes: to })
    expect(plan.actions.map(({ type }) => type)).toEqual(['transfer'])
  })

  test('behavior: a perp account shrinks, or takes margin when that is cheaper', () => {
    const perp = { venue: 'perp', equity: 1_500, legs: [{ asset: 'ETH', size: 10 }] }
    const config = { targetLeverage: { otherwise: 4, domains: {} } }
    expect(typesOf({ perps: [perp] }, { config })).toEqual(['reduce'])
    expect(typesOf({ perps: [perp], reserve }, { config })).toEqual(['add-collateral'])
  })

  test('behavior: what the governor denies is not planned, and its rule is named', () => {
    const { plan } = planDynamic(
      { loans: [loan(1.35)], reserve: [{ token: USDC, amount: 5_000 }] },
      {
        preview: ({ action }) =>
          action.type === 'deleverage'
            ? { type: 'denied', action, rule: 'depth-share', checks: [] }
            : { type: 'allowed', action, checks: [] },
      },
    )
    expect(plan.actions.map(({ type }) => type)).toEqual(['repay'])
    const refused = plan.considered!.filter(({ verdict }) => verdict === 'refused')
    expect(refused.some(({ why }) => why.includes('the governor denies it by depth-share'))).toBe(
      true,
    )
  })

  test('behavior: what the governor defers is not planned either', () => {
    const { plan } = planDynamic(
      { loans: [loan(1.35)] },
      {
        preview: ({ action }) => ({
          type: 'deferred',
          action,
          rule: 'budget',
          until: 1n,
          checks: [],
        }),
      },
    )
    expect(plan.actions).toEqual([])
    expect(plan.considered!.map(({ why }) => why).join()).toContain(
      'the governor defers it by budget',
    )
  })

  test('behavior: several domains share one reserve', () => {
    const { plan, frame } = planDynamic({
      loans: [loan(1.3), loan(1.32, 'morpho')],
      reserve: [{ token: USDC, amount: 20_000 }],
    })
    const spent = plan.actions
      .flatMap(({ type, intents }) => (type === 'repay' ? intents : []))
      .reduce((sum, intent) => sum + ('raw' in intent ? intent.raw : 0n), 0n)
    expect(spent).toBeLessThanOrEqual(frame.portfolio.spot[0]!.raw)
    expect(new Set(plan.actions.map(({ domain }) => domain)).size).toBe(2)
  })

  test('behavior: a hedge on an account that may give margin to the loan is weighed', () => {
    const short = { venue: 'perp', equity: 60_000, legs: [{ asset: 'ETH', size: 0 }] }
    const markets = [{ venue: 'perp', asset: 'ETH' }]
    const to = { transfers: [{ from: domainId('perp'), to: domainId('aave') }], swaps: [] }
    const weighed = planDynamic({ loans: [loan(1.35)], perps: [short], markets }, { routes: to })
    const hedges = weighed.plan.considered!.filter(({ type }) => type === 'hedge')
    expect(hedges.map(({ verdict }) => verdict)).not.toContain('refused')
    // An account that has never traded takes one all the same.
    const fresh = { ...short, legs: [] }
    const first = planDynamic({ loans: [loan(1.35)], perps: [fresh], markets }, { routes: to })
    expect(
      first.plan.considered!.filter(({ type }) => type === 'hedge').map(({ verdict }) => verdict),
    ).not.toContain('refused')
    const without = planDynamic(
      { loans: [loan(1.35)], perps: [short], markets },
      { routes: { swaps: [] } },
    )
    const refused = without.plan.considered!.filter(({ type }) => type === 'hedge')
    expect(refused.map(({ verdict }) => verdict)).toEqual(['refused'])
  })
})

describe('whether', () => {
  test('default: an action that costs far more than it is worth waits, and the plan says what it would cost', () => {
    const tiny = {
      venue: 'aave',
      collateral: [{ token: WETH, amount: 0.05 }],
      debt: [{ token: USDC, amount: 80 / 1.35 }],
    }
    const { plan } = planDynamic({ loans: [tiny] }, { config: { minActionUsd: 0 } })
    expect(plan.actions).toEqual([])
    expect(plan.considered!.map(({ type }) => type)).toContain('hold')
  })

  test('behavior: a domain without equity is left alone', () => {
    const { plan } = planDynamic({ loans: [loan(0.75)], reserve: [{ token: USDC, amount: 1e5 }] })
    expect(plan.actions).toEqual([])
    expect(plan.why).toContain('nothing is left to save')
  })

  test('behavior: an account whose order waits is left alone, an expired order is cancelled', () => {
    const account = { venue: 'perp', equity: 1_500, legs: [{ asset: 'ETH', size: 10 }] }
    const waits = { ...account, pending: { asset: 'ETH', size: -1, expiresIn: 60n } }
    const late = { ...account, pending: { asset: 'ETH', size: -1, expiresIn: -60n } }
    const config = { targetLeverage: { otherwise: 4, domains: {} } }
    expect(typesOf({ perps: [waits] }, { config })).toEqual([])
    expect(typesOf({ perps: [late] }, { config })).toEqual(['cancel'])
  })

  test('behavior: levered up again above its band, in calm and when switched on', () => {
    const config = { relever: true }
    expect(typesOf({ loans: [loan(2.6)] })).toEqual([])
    expect(typesOf({ loans: [loan(2.6)] }, { config })).toEqual(['boost'])
    expect(typesOf({ loans: [loan(2.6)] }, { config, sigma: 0.08 })).toEqual([])
  })
})

describe('two prices', () => {
  const low = { oracle: { ETH: 1_940 }, market: { ETH: 2_000 } } // the oracle 3 % too low

  test('default: an error of the oracle alone sells nothing while its venue does not liquidate', () => {
    const { plan } = planDynamic({ loans: [loan(1.6)], ...low })
    expect(
      plan.actions.flatMap(({ intents }) => intents).filter(({ type }) => type === 'swap'),
    ).toEqual([])
  })

  test.each([0.99, 0.98, 0.97, 0.96, 0.95])(
    'behavior: nor at %d of the market, at any health the venue holds at',
    (share) => {
      for (const health of [1.2, 1.3, 1.4, 1.5, 1.6, 1.7]) {
        const market = health / share // in its band by the market
        const { plan, assessment } = planDynamic({
          loans: [loan(market)],
          oracle: { ETH: 2_000 * share },
          market: { ETH: 2_000 },
        })
        const sells = plan.actions.some(({ intents }) =>
          intents.some(({ type }) => type === 'swap'),
        )
        if (!sells) continue
        // A sale has a reason in the market, or the venue is about to liquidate.
        const honest = planDynamic({ loans: [loan(market)] }).plan.actions.length > 0
        expect(honest || assessment.domains[0]!.hit10min > 0.2).toBe(true)
      }
    },
  )

  test('behavior: the reserve defends against the oracle all the same', () => {
    const sketch = { loans: [loan(1.42)], oracle: { ETH: 1_900 }, market: { ETH: 2_000 } }
    const reserve = [{ token: USDC, amount: 1e5 }]
    expect(typesOf({ ...sketch, reserve })).toEqual(['repay'])
  })

  test('behavior: when the venue is about to liquidate on its oracle, right or wrong, collateral is sold', () => {
    const near = { loans: [loan(1.055)], oracle: { ETH: 1_900 }, market: { ETH: 2_000 } }
    expect(typesOf(near, { sigma: 0.06 })).toEqual(['deleverage'])
  })
})

describe('what it says', () => {
  test('default: every number of the choice', () => {
    const { plan } = planDynamic({ loans: [loan(1.35)], reserve: [{ token: USDC, amount: 9_000 }] })
    for (const { judgement, cost } of plan.actions) {
      expect(judgement!.benefit).toBeGreaterThan(0)
      expect(judgement!.cost).toBeGreaterThanOrEqual(
        numberFromUsd(cost.gas) + numberFromUsd(cost.fees) + numberFromUsd(cost.slippage) - 1e-6,
      )
      const { before, after } = judgement!.probability24h!
      expect(after).toBeLessThan(before)
    }
    const chosen = plan.considered!.filter(({ verdict }) => verdict === 'chosen')
    expect(chosen.map(({ type }) => type)).toEqual(plan.actions.map(({ type }) => type))
  })

  test('behavior: while prices are not trusted, what is left of the probability is as uncertain as what was', () => {
    const { breakers } = DEFAULT_ASSESS_CONFIG
    const judgedAt = (nuFactor: number) => {
      const effects = { ...breakers.effects, nuFactor }
      const { plan, assessment } = planDynamic(
        { loans: [loan(1.09)], reserve: [{ token: USDC, amount: 100_000 }] },
        {
          sigma: 0.06,
          assess: { ...DEFAULT_ASSESS_CONFIG, breakers: { ...breakers, effects } },
        },
      )
      expect(assessment.breakers.overall).toBe('amber')
      return plan.actions[0]!.judgement!.probability24h!
    }
    expect(judgedAt(2).before).not.toBe(judgedAt(1).before)
    expect(judgedAt(2).after).toBeGreaterThan(1.01 * judgedAt(1).after)
  })

  test('behavior: the same frame, the same plan', () => {
    const sketch = {
      loans: [loan(1.3), { ...loan(1.4, 'morpho'), collateral: [{ token: WBTC, amount: 5 }] }],
    }
    expect(planDynamic(sketch).plan).toEqual(planDynamic(sketch).plan)
  })
})

test('error: InvalidInputError', () => {
  const { balanced } = DYNAMIC_PROGRAMMING
  for (const wrong of [
    { ...balanced, maxCostOverBenefit: 0.5 },
    { ...balanced, floorProbability1h: 0 },
    { ...balanced, relever: 'yes' },
    { ...balanced, targetLeverage: { otherwise: 1, domains: {} } },
    { ...balanced, targetLeverage: { otherwise: 2, domains: { a: 0 } } },
    { ...balanced, hedge: { transferability: 2, minPerpHealth: 3 } },
    { ...balanced, reservePriceBp: 3 },
  ])
    expect(() =>
      createDynamicProgramming({
        config: wrong as unknown as typeof balanced,
        table: policyTable('balanced'),
        routes: routes(),
      }),
    ).toThrow(InvalidInputError)
})
