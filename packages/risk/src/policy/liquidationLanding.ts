import { debtShareAt } from './leverage.ts'
import type { LiquidationRule } from './PolicyParameters.ts'

/** Where a liquidation leaves an account. */
export type Landing = {
  /** ln health afterwards, null when the account was closed. */
  readonly lnHealth: number | null
  /** Loss of the owner as a share of the equity just before, at most 1. */
  readonly loss: number
  /** Liquidations in a row that it took. */
  readonly count: number
}

/**
 * Liquidates a loan of health below 1 until it stands above 1 or is closed.
 *
 * One liquidation closes `c` of the debt and takes `c·D·(1 + penalty)` of collateral: `A' = A − c·D·(1 + penalty)`,
 * `D' = (1 − c)·D`. The loss is `penalty·c·D/E`.
 */
export function liquidationLanding(
  health: number,
  liquidationThreshold: number,
  rule: LiquidationRule,
): Landing {
  const debtShare = debtShareAt(health, liquidationThreshold)
  let collateral = health / liquidationThreshold // per unit of the first debt
  let debt = 1
  let loss = 0
  let count = 0
  let now = health
  while (now < 1) {
    const closes = now < rule.fullCloseHealth ? 1 : rule.closeFactor
    loss += rule.penalty * closes * debt * debtShare
    collateral -= closes * debt * (1 + rule.penalty)
    debt *= 1 - closes
    count += 1
    if (debt <= 1e-9 || collateral <= 0 || count >= 20)
      return { lnHealth: null, loss: Math.min(1, loss), count }
    now = (liquidationThreshold * collateral) / debt
  }
  return { lnHealth: Math.log(now), loss: Math.min(1, loss), count }
}
