import { numberFromRaw, type PendingTrade, type Token } from '@plimsoll/domain'

/** A health factor as a person reads it. */
export const describeHealth = (factor: number): string =>
  factor === Number.POSITIVE_INFINITY ? 'no debt' : factor > 9_999 ? 'over 9999' : factor.toFixed(3)

/** An amount as a person reads it: six significant digits, no exponent for everyday sizes. */
export function describeAmount(
  raw: bigint,
  { decimals, symbol }: Pick<Token, 'decimals' | 'symbol'>,
) {
  return `${Number(numberFromRaw(raw, decimals).toPrecision(6))} ${symbol}`
}

/** [USD] */
export const describeUsd = (value: number): string => `$${value.toFixed(2)}`

/** A trade that waits to be filled. */
export function describePending({ size, market, executableAt, expiresAt }: PendingTrade): string {
  const amount = Number(Math.abs(numberFromRaw(size, 18)).toPrecision(6))
  return `${size < 0n ? 'sell' : 'buy'} ${amount} ${market}, which can be filled from ${executableAt} to ${expiresAt}`
}
