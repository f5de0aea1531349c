import type { Address, Hex, RpcLog } from 'viem'
import { WORLD_BASE_FEE } from '../deploy/market.ts'
import { DevnetTransactionError } from '../errors.ts'
import type { WorldClient } from './Stage.ts'

const GWEI = 10n ** 9n
const FEE_CEILING = 10_000n * GWEI
const DEFAULT_GAS = 1_000_000n

/** A transaction to be sent from an account that the devnet impersonates. */
export interface WorldCall {
  /** What it does, for errors and refusals: `Aave liquidationCall of 0x…`. */
  readonly action: string
  readonly from: Address
  readonly to: Address
  readonly data: Hex
  /** A million unless given. */
  readonly gas?: bigint
  /** None unless given. [wei] */
  readonly value?: bigint
}

/** A transaction in its block. */
export interface MinedCall {
  readonly call: WorldCall
  readonly hash: Hex
  readonly succeeded: boolean
  readonly logs: readonly RpcLog[]
}

/** A block that the world made. */
export interface MinedBlock {
  readonly number: bigint
  readonly timestamp: bigint
  readonly calls: readonly MinedCall[]
}

/** Puts transactions into blocks of its own making. */
export interface BlockBuilder {
  /**
   * Mines one block with these calls, in this order.
   *
   * @param timestamp - The block's time, or a second after the last block if that is later. [s]
   * @throws {@link DevnetTransactionError} when one cannot be sent; a revert is told by `succeeded`.
   */
  build(calls: readonly WorldCall[], timestamp: bigint): Promise<MinedBlock>
}

type Rpc = (request: { method: string; params: unknown[] }) => Promise<unknown>

interface Receipt {
  readonly transactionHash: Hex
  readonly status: Hex
  readonly logs: readonly RpcLog[]
}

/**
 * Creates a block builder. Nobody else may send while a block is being built; afterwards the node mines as before.
 *
 * Everything that goes into a block is given: time, order, nonces, gas and fees. So equal calls make equal blocks.
 */
export function createBlockBuilder(client: WorldClient): BlockBuilder {
  const rpc = client.request as Rpc
  const send = async (call: WorldCall, nonce: number, rank: number): Promise<Hex> => {
    // The node orders a block by fee: a lower rank pays more.
    const fee = FEE_CEILING - BigInt(rank) * GWEI
    const transaction = {
      from: call.from,
      to: call.to,
      data: call.data,
      gas: hex(call.gas ?? DEFAULT_GAS),
      value: hex(call.value ?? 0n),
      nonce: hex(BigInt(nonce)),
      maxFeePerGas: hex(fee),
      maxPriorityFeePerGas: hex(GWEI - BigInt(rank)),
    }
    try {
      return (await rpc({ method: 'eth_sendTransaction', params: [transaction] })) as Hex
    } catch (cause) {
      throw new DevnetTransactionError({ action: call.action, cause })
    }
  }

  return {
    async build(calls, timestamp) {
      const senders = [...new Set(calls.map(({ from }) => from))]
      const [head, counts] = await Promise.all([
        client.getBlock(),
        Promise.all(senders.map((address) => client.getTransactionCount({ address }))),
        rpc({ method: 'evm_setAutomine', params: [false] }),
      ])
      try {
        const nextNonce = new Map(senders.map((address, i) => [address, counts[i] ?? 0]))
        const time = timestamp > head.timestamp ? timestamp : head.timestamp + 1n
        const [hashes] = await Promise.all([
          Promise.all(
            calls.map((call, rank) => {
              const nonce = nextNonce.get(call.from) ?? 0
              nextNonce.set(call.from, nonce + 1)
              return send(call, nonce, rank)
            }),
          ),
          rpc({ method: 'evm_setNextBlockTimestamp', params: [hex(time)] }),
          rpc({ method: 'anvil_setNextBlockBaseFeePerGas', params: [hex(WORLD_BASE_FEE)] }),
        ])
        await rpc({ method: 'evm_mine', params: [] })
        const receipts = (await rpc({
          method: 'eth_getBlockReceipts',
          params: ['latest'],
        })) as Receipt[]
        const receiptOf = new Map(receipts.map((receipt) => [receipt.transactionHash, receipt]))
        return {
          number: head.number + 1n,
          timestamp: time,
          calls: calls.map((call, i) => {
            const hash = hashes[i] ?? '0x'
            const receipt = receiptOf.get(hash)
            if (receipt === undefined) throw new DevnetTransactionError({ action: call.action })
            return { call, hash, succeeded: receipt.status === '0x1', logs: receipt.logs }
          }),
        }
      } finally {
        await rpc({ method: 'evm_setAutomine', params: [true] })
      }
    },
  }
}

function hex(value: bigint): Hex {
  return `0x${value.toString(16)}`
}
