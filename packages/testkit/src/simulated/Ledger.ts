import type { Address, Token } from '@plimsoll/domain'
import { type SimulatedArgs, SimulatedRevert } from './simulatedCall.ts'

/** Everything a simulated chain remembers, as flat slots: copying it is a snapshot. */
export type Storage = Map<string, bigint>

/** One call as a contract sees it. */
export type Message = {
  readonly storage: Storage
  readonly sender: Address
  readonly method: string
  readonly args: SimulatedArgs
  /** Time of the block. [s] */
  readonly time: bigint
  /** Tells whoever reads the chain's logs. */
  emit(event: SimulatedArgs): void
  /** Calls another contract as oneself; its refusal is one's own. */
  call(to: Address, data: `0x${string}`): void
}

/** Code at an address. Throws {@link SimulatedRevert} to refuse. */
export type Contract = { readonly address: Address; run(message: Message): void }

/** Slot of something an account has with a contract. */
export const slot = (contract: Address, ...path: readonly string[]): string =>
  [contract, ...path].join('/').toLowerCase()

export const load = (storage: Storage, key: string): bigint => storage.get(key) ?? 0n

/** Adds to a slot. */
export const add = (storage: Storage, key: string, change: bigint): void => {
  storage.set(key, load(storage, key) + change)
}

export const balanceOf = (storage: Storage, token: Token, account: Address): bigint =>
  load(storage, slot(token.address, 'balance', account))

export const mint = (storage: Storage, token: Token, to: Address, raw: bigint): void =>
  add(storage, slot(token.address, 'balance', to), raw)

/** Moves tokens. @throws SimulatedRevert when the payer has too few. */
export function move(
  storage: Storage,
  token: Token,
  p: { readonly from: Address; readonly to: Address; readonly raw: bigint },
): void {
  if (balanceOf(storage, token, p.from) < p.raw)
    throw new SimulatedRevert(token.address, `${token.symbol}: balance too low`)
  add(storage, slot(token.address, 'balance', p.from), -p.raw)
  add(storage, slot(token.address, 'balance', p.to), p.raw)
}
