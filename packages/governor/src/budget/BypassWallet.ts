import { InvalidInputError, least, type Usd, usd } from '@plimsoll/domain'

/** What was leased ahead for defence on one market, and what is left of it. */
export type BypassAllowance = {
  readonly asset: string
  readonly venue: string
  /** Lease of the shared store that it comes from. */
  readonly lease: string
  readonly granted: Usd
  /** Time from which it is nobody's. [ms] */
  readonly expiresAt: number
  /** Amounts by id, so that repeating one draws once, and so that the shared store can be told later. */
  readonly draws: Readonly<Record<string, Usd>>
}

/**
 * An agent's own purse for defence near the floor: filled ahead from the fleet's bypass budget, spent without asking anybody.
 *
 * It works while the shared store is down, and survives a restart, so failing closed never locks an owner into a liquidation.
 */
export interface BypassWallet {
  /** Puts a lease in, in the place of an earlier one of the same market. */
  fill(allowance: BypassAllowance): void
  /** Takes up to an amount; 0 where nothing is left or the lease has expired. Repeating an id draws once. */
  draw(p: {
    readonly asset: string
    readonly venue: string
    readonly id: string
    readonly amount: Usd
    /** [ms] */
    readonly now: number
  }): Usd
  read(): readonly BypassAllowance[]
  close(): void
}

/** Takes from an allowance. Pure. */
export function drawFrom(
  allowance: BypassAllowance,
  p: { readonly id: string; readonly amount: Usd; readonly now: number },
): { readonly allowance: BypassAllowance; readonly drawn: Usd } {
  if (!(p.amount >= 0n))
    throw new InvalidInputError({ field: 'bypass draw', found: p.amount, allowed: '0 or more' })
  const known = Object.hasOwn(allowance.draws, p.id) ? allowance.draws[p.id] : undefined
  if (known !== undefined) return { allowance, drawn: known }
  const drawn = p.now < allowance.expiresAt ? usd(least(p.amount, leftIn(allowance))) : usd(0n)
  return drawn === 0n
    ? { allowance, drawn }
    : { allowance: { ...allowance, draws: { ...allowance.draws, [p.id]: drawn } }, drawn }
}

/** What is left of an allowance. [USD 1e8] */
export function leftIn({ granted, draws }: BypassAllowance): Usd {
  let left: bigint = granted
  for (const drawn of Object.values(draws)) left -= drawn
  return usd(left > 0n ? left : 0n)
}

/** Creates a wallet that does not outlive its process. */
export function createMemoryBypassWallet(): BypassWallet {
  const allowances = new Map<string, BypassAllowance>()
  const nameOf = (p: { readonly asset: string; readonly venue: string }) => `${p.asset}@${p.venue}`
  return {
    fill: (allowance) => void allowances.set(nameOf(allowance), allowance),
    draw(p) {
      const before = allowances.get(nameOf(p))
      if (before === undefined) return usd(0n)
      const { allowance, drawn } = drawFrom(before, p)
      allowances.set(nameOf(p), allowance)
      return drawn
    },
    read: () => [...allowances.values()],
    close: () => allowances.clear(),
  }
}
