import type { ImpactTerms } from '../impact/ImpactTerms.ts'
import { flowOfImpact } from '../impact/squareRootImpact.ts'

/** Shares that bound what our own fleet may have in one bin of the wall. */
export type WallLimits = {
  /** Share of the visible wall's bin. */
  readonly visibleShare: number
  /** Move of the price that our part of a bin may make. */
  readonly move: number
}

export const DEFAULT_WALL_LIMITS: WallLimits = { visibleShare: 0.15, move: 0.005 }

/**
 * Most that our fleet may have in one bin: `min(15 % of the visible wall there, what moves the price 0.5 %)`. [USD]
 *
 * @see RISK.md F5
 */
export const wallLimit = (
  visible: number,
  terms: ImpactTerms,
  limits: WallLimits = DEFAULT_WALL_LIMITS,
): number => Math.min(limits.visibleShare * visible, flowOfImpact(limits.move, terms))
