import { mulDivDown, type PerpLeg } from '@plimsoll/domain'

/** Splits what a trade pays into the open notional of what is left and the profit of what was closed. */
export function settleTrade(
  before: Pick<PerpLeg, 'size' | 'openNotional'>,
  change: bigint,
  paid: bigint,
): { readonly openNotional: bigint; readonly realised: bigint } {
  const { size, openNotional } = before
  if (size === 0n || size > 0n === change > 0n)
    return { openNotional: openNotional + paid, realised: 0n }
  const left = size + change
  const turned = left !== 0n && left > 0n !== size > 0n
  const rest = turned ? mulDivDown(paid, left, change) : mulDivDown(openNotional, left, size)
  return { openNotional: rest, realised: openNotional + paid - rest }
}

/** Whether a change makes a position smaller without turning it. */
export const shrinks = (held: bigint, change: bigint): boolean =>
  held > 0n !== change > 0n && (change < 0n ? -change : change) <= (held < 0n ? -held : held)
