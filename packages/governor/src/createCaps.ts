import type { CapsConfig } from './CapsConfig.ts'
import type { Governor } from './Governor.ts'

/** Creates the governor of hard caps per order. Skeleton: allows everything. */
export function createCaps(config: CapsConfig): Governor {
  void config
  return {
    name: 'caps',
    grant: ({ action }) => ({ type: 'allowed', action, checks: [] }),
  }
}
