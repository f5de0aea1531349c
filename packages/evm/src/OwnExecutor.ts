import type { Address } from '@plimsoll/domain'

declare const isLoaded: unique symbol

/**
 * An owner's own executor contract, its code on the chain compared with ours.
 *
 * Only `loadExecutor` and `deployExecutor` give one, so a line of configuration alone cannot authorize a stranger's
 * contract.
 */
export type OwnExecutor = {
  readonly address: Address
  readonly owner: Address
  readonly chainId: number
  readonly [isLoaded]: true
}
