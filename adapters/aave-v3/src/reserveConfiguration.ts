/** What governance has set for a reserve, unpacked from its 256-bit word. */
export type ReserveConfiguration = {
  /** [bps] */
  readonly ltv: bigint
  /** [bps] */
  readonly liquidationThreshold: bigint
  /** What a liquidator receives for each unit repaid: 10500 is 5 % more. [bps] */
  readonly liquidationBonus: bigint
  readonly decimals: number
  /** Share of the bonus that the treasury takes. [bps] */
  readonly liquidationProtocolFee: bigint
  /** Above zero when the asset, used as collateral, isolates the account. [USD 1e2] */
  readonly debtCeiling: bigint
}

/**
 * Unpacks a reserve's configuration word.
 *
 * @see Aave v3.0.2 `ReserveConfiguration`
 */
export function unpackConfiguration(word: bigint): ReserveConfiguration {
  const bits = (start: bigint, width: bigint): bigint => (word >> start) & ((1n << width) - 1n)
  return {
    ltv: bits(0n, 16n),
    liquidationThreshold: bits(16n, 16n),
    liquidationBonus: bits(32n, 16n),
    decimals: Number(bits(48n, 8n)),
    liquidationProtocolFee: bits(152n, 16n),
    debtCeiling: bits(212n, 40n),
  }
}

/**
 * How an account uses the reserve with an id.
 *
 * @see Aave v3.0.2 `UserConfiguration`
 */
export function usageOf(
  userConfiguration: bigint,
  reserveId: number,
): { readonly borrowing: boolean; readonly collateral: boolean } {
  const pair = (userConfiguration >> BigInt(2 * reserveId)) & 3n
  return { borrowing: (pair & 1n) === 1n, collateral: (pair & 2n) === 2n }
}
