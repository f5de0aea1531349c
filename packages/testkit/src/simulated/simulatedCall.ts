import { type Address, type Hex, RevertedError } from '@plimsoll/domain'

/** Arguments of a simulated call. */
export type SimulatedArgs = Readonly<Record<string, unknown>>

/** Writes a method and its arguments as call data. */
export const encodeCall = (method: string, args: SimulatedArgs): Hex => toHex({ method, args })

/** Reads what {@link encodeCall} wrote. */
export const decodeCall = (data: Hex): { readonly method: string; readonly args: SimulatedArgs } =>
  fromHex(data) as { method: string; args: SimulatedArgs }

/** A contract refuses. Its address is in the data, so that no other venue claims it. */
export class SimulatedRevert extends RevertedError {
  readonly data: Hex

  constructor(contract: Address, reason: string) {
    super({ venue: contract, reason })
    this.data = `${selector(contract)}${Buffer.from(reason).toString('hex')}`
  }
}

/** Reason in revert data of a contract; null when it is not that contract's. */
export function decodeRevertOf(contract: Address, data: Hex): string | null {
  const prefix = selector(contract)
  return data.startsWith(prefix) && data.length > prefix.length
    ? Buffer.from(data.slice(prefix.length), 'hex').toString()
    : null
}

const selector = (contract: Address): Hex => `0x${contract.slice(2, 42).toLowerCase()}`

/** Any JSON with bigints as bytes. */
export function toHex(value: unknown): Hex {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  )
  return `0x${Buffer.from(text).toString('hex')}`
}

export function fromHex(data: Hex): unknown {
  return JSON.parse(Buffer.from(data.slice(2), 'hex').toString(), (_, each: unknown) =>
    typeof each === 'string' && /^-?\d+n$/.test(each) ? BigInt(each.slice(0, -1)) : each,
  )
}
