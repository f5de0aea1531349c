import { lendingDomain } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { planDynamic } from '../../test/planDynamic.ts'
import { domainId, routes, USDC, WBTC, WETH, world } from '../../test/world.ts'
import {
  createDynamicProgramming,
  createPreserving,
  DYNAMIC_PROGRAMMING,
  policyTable,
} from '../index.ts'

/** Owes bitcoin on ether; the venue lists dollars, of which the account has none there and some in its wallet. */
const sketch = {
  loans: [
    {
      venue: 'lend',
      collateral: [
        { token: WETH, amount: 100 },
        { token: USDC, amount: 0 },
      ],
      debt: [{ token: WBTC, amount: 3.4 }],
    },
  ],
  reserve: [{ token: USDC, amount: 30_000 }],
  depth: 100_000,
}

test('default: plans with an asset that its domain did not have before', () => {
  const { frame, assessment } = planDynamic(sketch, { sigma: 0.02 })
  const config = DYNAMIC_PROGRAMMING.balanced
  const engine = createDynamicProgramming({
    config,
    table: policyTable('balanced'),
    routes: routes(),
    preview: null,
  })
  const preserving = createPreserving({
    engine,
    config: { ...config, targetProbability24h: 0.01 },
    routes: routes(),
  })
  const { actions } = preserving.plan(frame, assessment)
  const [first] = actions
  expect(first?.intents.map(({ type }) => type)).toEqual(['supply'])
  expect(actions.filter(({ domain }) => domain === domainId('lend')).length).toBeGreaterThan(0)
})

test('behavior: a leg of nothing is no part of a domain', () => {
  const [position] = world(sketch).lending
  if (position === undefined) throw expect.unreachable()
  expect(lendingDomain({ position, fullCloseHealth: null }).assets).toEqual(['BTC', 'ETH'])
})
