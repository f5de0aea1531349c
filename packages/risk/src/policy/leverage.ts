/**
 * Exposure over equity of a loan with health `h = LT·A/D`.
 *
 * `L = A/E = h / (h − LT)`; infinite once nothing is left of the equity.
 */
export function leverageAt(health: number, liquidationThreshold: number): number {
  return health > liquidationThreshold ? health / (health - liquidationThreshold) : Infinity
}

/**
 * Health of a loan with exposure `L` per unit of equity.
 *
 * `h = LT·L / (L − 1)`, infinite without debt.
 */
export function healthAtLeverage(leverage: number, liquidationThreshold: number): number {
  return leverage > 1 ? (liquidationThreshold * leverage) / (leverage - 1) : Infinity
}

/** Debt per unit of equity: `D/E = L − 1 = LT / (h − LT)`. */
export function debtShareAt(health: number, liquidationThreshold: number): number {
  return health > liquidationThreshold
    ? liquidationThreshold / (health - liquidationThreshold)
    : Infinity
}
