import type { Action } from '@plimsoll/domain'
import {
  type Assessment,
  assess,
  createDynamicProgramming,
  DYNAMIC_PROGRAMMING,
  policyTable,
} from '../src/index.ts'
import { enter, type Ledger, openLedger } from '../src/Ledger.ts'
import { leverSetting } from '../src/leverSetting.ts'
import { permissionOf } from '../src/permissionOf.ts'
import { netOf } from '../src/planner/Candidate.ts'
import { candidatesOf } from '../src/planner/candidatesOf.ts'
import { createValuation } from '../src/planner/createValuation.ts'
import { ONE_SOURCE } from '../test/plan.ts'
import { domainId, routes, USDC, WBTC, WETH, world } from '../test/world.ts'

/**
 * Is the planner's greedy way as good as the best joint one?
 *
 * Three domains share one reserve and two markets. The best of all sequences of up to four of the planner's own candidates,
 * over all domains and orders, is found by going through them; the planner's plan is held against it by net benefit.
 *
 * node packages/risk/verify/joint.ts [books]
 */
const BOOKS = Number(process.argv[2] ?? 60)
const MOST = 4
const config = { ...DYNAMIC_PROGRAMMING.balanced, minActionUsd: 50 }
const table = policyTable('balanced')
const ROUTES = routes({
  transfers: [
    { from: domainId('aave'), to: domainId('morpho') },
    { from: domainId('perp'), to: domainId('aave') },
  ],
})
const random = lcg(7)

const gaps: number[] = []
for (let book = 0; book < BOOKS; book++) {
  const frame = world({
    loans: [
      loan('aave', WETH, 60 + 60 * random(), 2_000, 1.12 + 0.35 * random()),
      loan('morpho', WBTC, 3 + 3 * random(), 40_000, 1.12 + 0.35 * random()),
    ],
    perps: [
      {
        venue: 'perp',
        equity: 2_000 + 3_000 * random(),
        legs: [{ asset: 'ETH', size: 10 + 8 * random() }],
      },
    ],
    markets: [{ venue: 'perp', asset: 'ETH', sellFee: 0.003, buyFee: 0.003, depth: 1e6 }],
    reserve: [{ token: USDC, amount: 15_000 * random() }],
    depth: 2e6,
  })
  const sigma = 0.02 + 0.06 * random()
  const assessment = assess({
    frame,
    forecasts: ['ETH', 'BTC'].map((asset) => ({
      asset,
      model: 'study',
      at: 0,
      horizons: [{ ms: 86_400_000, variance: sigma ** 2 }],
    })),
    config: ONE_SOURCE,
  })
  const engine = createDynamicProgramming({ config, table, routes: ROUTES })
  const plan = engine.plan(frame, assessment)
  if (plan.actions.length === 0) continue
  const ours = plan.actions.reduce((sum, { judgement }) => sum + worthOf(judgement), 0)
  const troubled = new Set((plan.considered ?? []).map(({ domain }) => domain))
  const best = search(assessment, openLedger(frame, ROUTES.reserve), troubled, MOST)
  gaps.push(best > 0 ? Math.max(0, best - ours) / best : 0)
}
gaps.sort((a, b) => a - b)
const at = (share: number) =>
  `${(100 * (gaps[Math.floor(share * (gaps.length - 1))] ?? 0)).toFixed(2)} %`
console.log(
  `${gaps.length} books that ask for something: the planner is short of the joint optimum by ${at(0.5)} (median), ${at(0.9)} (p90), ${at(1)} (worst); mean ${((100 * gaps.reduce((a, b) => a + b, 0)) / gaps.length).toFixed(2)} %`,
)

/** The largest net benefit that any sequence reaches. */
function search(
  assessment: Assessment,
  ledger: Ledger,
  domains: ReadonlySet<string>,
  left: number,
): number {
  if (left === 0) return 0
  const valuation = createValuation({ table, config, assessment })
  let best = 0
  for (const id of domains) {
    const domain = assessment.domains.find((each) => each.domain === id)
    const standing = valuation.standing(ledger, id)
    if (domain === undefined || standing === null) continue
    const goal = standing.policy.bands.deleverTo ?? 0
    if (standing.loan.lnHealth >= goal - 1e-3) continue
    const setting = leverSetting({
      ledger,
      assessment,
      domain,
      limits: config,
      routes: ROUTES,
      floorOf: () => 1.5,
    })
    const permission = permissionOf({
      frame: ledger.frame,
      assessment,
      domain,
      actBelow: Number.POSITIVE_INFINITY,
    })
    for (const each of candidatesOf(
      { setting, valuation, config, preview: null, permission },
      domain,
      standing,
    )) {
      if (each.type === 'refused' || netOf(each) <= 0) continue
      const after = enter(ledger, each.action, each.market)
      best = Math.max(best, netOf(each) + search(assessment, after, domains, left - 1))
    }
  }
  return best
}

/** Net benefit that an action was taken for. */
const worthOf = (judgement: Action['judgement']): number =>
  judgement === undefined ? 0 : judgement.benefit - judgement.cost

function loan(venue: string, token: typeof WETH, amount: number, price: number, health: number) {
  return {
    venue,
    collateral: [{ token, amount }],
    debt: [{ token: USDC, amount: (amount * price * 0.8) / health }],
  }
}

function lcg(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
