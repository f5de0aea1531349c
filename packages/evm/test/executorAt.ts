import type { Address } from '@plimsoll/domain'
import type { OwnExecutor } from '../src/OwnExecutor.ts'

/** An executor that no chain has. The code of real ones is compared in the devnet's tests. */
export const executorAt = (address: Address, owner: Address): OwnExecutor =>
  ({ address, owner, chainId: 31337 }) as OwnExecutor
