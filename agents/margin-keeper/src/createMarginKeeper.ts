import type { RebalanceEngine } from '@plimsoll/domain'
import type { Governor } from '@plimsoll/governor'
import type { Agent } from '@plimsoll/kernel'
import type { Assessment } from '@plimsoll/risk'
import { createActor } from 'xstate'
import { type MarginKeeperConfig, parseMarginKeeperConfig } from './config.ts'
import { marginKeeper } from './machine.ts'
import { createPolicy } from './policy.ts'

/**
 * Creates a margin keeper, ready for a host.
 *
 * @param p.config - What differs from the defaults; unknown keys are errors.
 * @param p.engine - Plans in normal times.
 * @param p.preservingEngine - Plans while preserving capital; the same engine where absent.
 * @throws InvalidInputError when the configuration is not allowed.
 */
export function createMarginKeeper(p: {
  readonly engine: RebalanceEngine<Assessment>
  readonly preservingEngine?: RebalanceEngine<Assessment>
  readonly governor: Governor
  readonly config?: PartialDeep<MarginKeeperConfig>
}): Agent {
  const config = parseMarginKeeperConfig(p.config)
  return {
    name: config.name,
    spawn: () => createActor(marginKeeper, { input: { config } }),
    policy: createPolicy({
      config,
      engines: { normal: p.engine, preserving: p.preservingEngine ?? p.engine },
      governor: p.governor,
    }),
  }
}

/** Any part of a configuration, at any depth. Lists are whole. */
type PartialDeep<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: PartialDeep<T[K]> }
    : T
