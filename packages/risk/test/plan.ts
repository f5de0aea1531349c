import {
  assess,
  createStaticThreshold,
  DEFAULT_ASSESS_CONFIG,
  DEFAULT_STATIC_THRESHOLD,
  type Routes,
  type StaticThresholdConfig,
} from '../src/index.ts'
import { routes, USDC, WETH, type WorldSketch, world } from './world.ts'

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
    config: DEFAULT_ASSESS_CONFIG,
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
