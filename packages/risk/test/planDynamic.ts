import {
  type AssessConfig,
  assess,
  createDynamicProgramming,
  DYNAMIC_PROGRAMMING,
  type DynamicProgrammingConfig,
  policyTable,
  type Routes,
} from '../src/index.ts'
import type { Preview } from '../src/planner/weighAction.ts'
import { ONE_SOURCE } from './plan.ts'
import { routes, type WorldSketch, world } from './world.ts'

/** What a plan is made with; the balanced preset in a calm market unless given. */
export type DynamicParts = {
  readonly routes?: Partial<Routes>
  readonly config?: Partial<DynamicProgrammingConfig>
  readonly assess?: AssessConfig
  /** Standard deviation of a day of every volatile asset; null without forecasts. */
  readonly sigma?: number | null
  readonly preview?: Preview
}

/** The plan of the dynamic-programming engine on a sketch, with the frame it was made for. */
export function planDynamic(sketch: WorldSketch, parts: DynamicParts = {}) {
  const frame = world(sketch)
  const sigma = parts.sigma === undefined ? 0.025 : parts.sigma
  const assessment = assess({
    frame,
    forecasts:
      sigma === null
        ? []
        : ['ETH', 'BTC'].map((asset) => ({
            asset,
            model: 'test',
            at: 0,
            horizons: [{ ms: 86_400_000, variance: sigma ** 2 }],
          })),
    config: parts.assess ?? ONE_SOURCE,
  })
  const engine = createDynamicProgramming({
    config: { ...DYNAMIC_PROGRAMMING.balanced, ...parts.config },
    table: policyTable('balanced'),
    routes: routes(parts.routes),
    preview: parts.preview ?? null,
  })
  return { frame, assessment, plan: engine.plan(frame, assessment) }
}
