import type { RebalanceEngine } from '@plimsoll/domain'
import type { Assessment } from './Assessment.ts'
import type { Routes } from './Routes.ts'
import type { StaticThresholdConfig } from './StaticThresholdConfig.ts'

/** Creates the engine of today's automations: restore a fallen health factor, boost a risen one. Skeleton: holds. */
export function createStaticThreshold(p: {
  readonly config: StaticThresholdConfig
  readonly routes: Routes
}): RebalanceEngine<Assessment> {
  void p
  const name = 'static-threshold'
  return { name, plan: () => ({ engine: name, actions: [], why: 'nothing planned yet' }) }
}
