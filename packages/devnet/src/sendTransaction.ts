import { type Address, type Hex, type TransactionReceipt, BaseError as ViemError } from 'viem'
import type { DevnetClient } from './client.ts'
import { DevnetTransactionError } from './errors.ts'

const GAS = 15_000_000n

/** What a set-up transaction does. The sender needs no key: the devnet impersonates it. */
export interface DevnetTransaction {
  /** What it does, for the error: `USDC.mint`. */
  readonly action: string
  readonly from: Address
  /** null deploys. */
  readonly to: Address | null
  readonly data: Hex
  /** None unless given. [wei] */
  readonly value?: bigint
}

type Rpc = (request: { method: string; params: unknown[] }) => Promise<unknown>

/**
 * Sends a transaction and waits for its receipt in the same request, since automine answers before it has mined.
 *
 * @throws {@link DevnetTransactionError} when the transaction is refused or reverts.
 */
export async function sendTransaction(
  client: DevnetClient,
  tx: DevnetTransaction,
): Promise<Pick<TransactionReceipt, 'contractAddress' | 'transactionHash'>> {
  const request = client.request as Rpc
  const call = {
    from: tx.from,
    data: tx.data,
    ...(tx.to === null ? {} : { to: tx.to }),
    ...(tx.value === undefined ? {} : { value: `0x${tx.value.toString(16)}` }),
  }
  let receipt: { status: string; contractAddress: Address | null; transactionHash: Hex }
  try {
    const params = [{ ...call, gas: `0x${GAS.toString(16)}` }]
    receipt = (await request({ method: 'eth_sendTransactionSync', params })) as typeof receipt
  } catch (cause) {
    throw new DevnetTransactionError({ action: tx.action, cause })
  }
  if (receipt.status === '0x1') return receipt
  const cause = await request({ method: 'eth_call', params: [call, 'latest'] }).catch((error) =>
    error instanceof ViemError
      ? error
      : new DevnetTransactionError({ action: tx.action, cause: error }),
  )
  throw new DevnetTransactionError({ action: tx.action, cause })
}
