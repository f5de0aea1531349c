import {
  type AssessConfig,
  assess,
  createStaticThreshold,
  DEFAULT_ASSESS_CONFIG,
  DEFAULT_STATIC_THRESHOLD,
  type Routes,
  type StaticThresholdConfig,
} from '../src/index.ts'
import { routes, USDC, WETH, type WorldSketch, world } from './world.ts'

/** A world of one exchange, which is all there is to compare an oracle with. */
export const ONE_SOURCE: AssessConfig = {
  ...DEFAULT_ASSESS_CONFIG,
  breakers: {
    ...DEFAULT_ASSESS_CONFIG.breakers,
    sources: { ...DEFAULT_ASSESS_CONFIG.breakers.sources, amberBelow: 1 },
  },
}

/** The plan of the static-threshold engine on a sketch. */
export function plan(
  sketch: WorldSketch,
  p: {
    readonly routes?: Partial<Routes>
    readonly config?: Partial<StaticThresholdConfig>
    /** Standard deviation of a day of every volatile asset. */
    readonly sigma?: number
  } = {},
) {
  const frame = world(sketch)
  const sigma = p.sigma ?? 0.03
  const assessment = assess({
    frame,
    forecasts: ['ETH', 'BTC'].map((asset) => ({
      asset,
      model: 'test',
      at: 0,
      horizons: [{ ms: 86_400_000, variance: sigma ** 2 }],
    })),
    config: ONE_SOURCE,
  })
  const engine = createStaticThreshold({
    config: { ...DEFAULT_STATIC_THRESHOLD, ...p.config },
    routes: routes(p.routes),
  })
  return engine.plan(frame, assessment)
}

/** A loan at health 0.8 × 10 × 2000 / 13333.33 = 1.2. */
export const loan = {
  venue: 'aave',
  collateral: [{ token: WETH, amount: 10 }],
  debt: [{ token: USDC, amount: 16_000 / 1.2 }],
}
