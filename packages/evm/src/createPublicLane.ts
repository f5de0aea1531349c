import {
  type Hex,
  SentButUnsureError,
  type SignedTransaction,
  type SubmissionLane,
  VenueReadError,
} from '@plimsoll/domain'
import {
  MethodNotFoundRpcError,
  MethodNotSupportedRpcError,
  RpcRequestError,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  BaseError as ViemError,
} from 'viem'
import type { ChainClient } from './createChainClient.ts'
import { SubmissionRefusedError } from './errors.ts'

/** JSON-RPC codes by which a node says that it did not take a transaction. */
const REFUSALS: readonly number[] = [-32000, -32003, -32602]
/** Words by which it says that it has these very bytes. */
const ALREADY_HAS = /already (known|imported)|known transaction/i

/**
 * Creates the lane of the public pool, through one node.
 *
 * Where the node can, `send` returns when the transaction is in a block (`eth_sendRawTransactionSync`), otherwise when
 * the node has taken it. Before any error is interpreted the hash is looked up: bytes the node has are sent. After an error
 * of the first method, whatever it was, bytes that the node does not have go by the standard one: nodes and proxies do not
 * agree on how to say that they do not know it.
 *
 * The nonce is the number of transactions in blocks. One that waits in the pool keeps its nonce: another with the same
 * nonce can only replace it, so an order is never carried out twice.
 */
export function createPublicLane(client: ChainClient): SubmissionLane {
  let isSyncKnown = true // until the node says otherwise

  const submit = async (transaction: SignedTransaction): Promise<void> => {
    const { raw } = transaction
    if (isSyncKnown) {
      try {
        await client.request(
          { method: 'eth_sendRawTransactionSync', params: [raw] },
          { retryCount: 0 },
        )
        return
      } catch (error) {
        if (isMethodUnknown(error)) isSyncKnown = false
        else if (await isKnown(client, transaction)) return
      }
    }
    await client.request({ method: 'eth_sendRawTransaction', params: [raw] }, { retryCount: 0 })
  }

  return {
    nonce: (address) =>
      client.getTransactionCount({ address, blockTag: 'latest' }).catch((cause: unknown) => {
        throw new VenueReadError({ venue: 'The node', what: `the nonce of ${address}`, cause })
      }),

    async send(transaction) {
      try {
        await submit(transaction)
      } catch (cause) {
        if (!(await isKnown(client, transaction))) throw interpret(transaction.hash, cause)
      }
    },

    async receipt(hash) {
      try {
        const found = await client.getTransactionReceipt({ hash })
        return {
          hash,
          status: found.status,
          block: found.blockNumber,
          gasUsed: found.gasUsed,
          gasPrice: found.effectiveGasPrice,
        }
      } catch (cause) {
        if (cause instanceof TransactionReceiptNotFoundError) return null
        throw new VenueReadError({ venue: 'The node', what: `the receipt of ${hash}`, cause })
      }
    },
  }
}

/** True when the node has the transaction, in its pool or in a block. */
async function isKnown(client: ChainClient, { hash }: SignedTransaction): Promise<boolean> {
  try {
    await client.getTransaction({ hash })
    return true
  } catch (cause) {
    if (cause instanceof TransactionNotFoundError) return false
    throw new SentButUnsureError({ hash, cause })
  }
}

/** What an error means once the node does not know the hash: refused, or nobody can tell. */
function interpret(hash: Hex, cause: unknown): SubmissionRefusedError | SentButUnsureError {
  const answer = cause instanceof ViemError ? cause.walk((e) => e instanceof RpcRequestError) : null
  const isRefused =
    answer instanceof RpcRequestError &&
    REFUSALS.includes(answer.code) &&
    !ALREADY_HAS.test(answer.details)
  return isRefused
    ? new SubmissionRefusedError({ hash, reason: answer.details, cause })
    : new SentButUnsureError({ hash, cause })
}

function isMethodUnknown(error: unknown): boolean {
  return error instanceof MethodNotFoundRpcError || error instanceof MethodNotSupportedRpcError
}
