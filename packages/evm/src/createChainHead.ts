import { type ChainHead, VenueReadError } from '@plimsoll/domain'
import { BlockNotFoundError } from 'viem'
import type { ChainClient } from './createChainClient.ts'
import { UnsupportedNodeError } from './errors.ts'
import { DEFAULT_PRIORITY_FEE } from './priorityFee.ts'

/** Divisor of the change of the base fee from one block to the next, and what a full block holds over its target. */
const CHANGE_DENOMINATOR = 8n
const ELASTICITY = 2n

/**
 * Follows the head of the chain.
 *
 * The price of gas is the base fee the next block will have plus the offer to its proposer. Both come from one answer
 * of the node, so they belong to the block they are told with.
 *
 * @param options.priorityFee - [wei per gas]
 */
export function createChainHead(
  client: ChainClient,
  options: { readonly priorityFee?: bigint } = {},
): ChainHead {
  const priorityFee = options.priorityFee ?? DEFAULT_PRIORITY_FEE
  return {
    async latest() {
      const block = await client.getBlock({ blockTag: 'latest' }).catch((cause: unknown) => {
        throw new VenueReadError({ venue: 'The node', what: 'the latest block', cause })
      })
      const { number, hash, timestamp, baseFeePerGas } = block
      if (baseFeePerGas === null) throw new UnsupportedNodeError({ feature: 'a base fee' })
      return {
        number,
        hash,
        timestamp,
        gasPrice: nextBaseFee({ ...block, baseFeePerGas }) + priorityFee,
      }
    },
    async isCanonical({ number, hash }) {
      try {
        return (await client.getBlock({ blockNumber: number })).hash === hash
      } catch (cause) {
        if (cause instanceof BlockNotFoundError) return false // the chain has become shorter
        throw new VenueReadError({ venue: 'The node', what: `block ${number}`, cause })
      }
    },
  }
}

/**
 * Base fee of the block after this one. [wei per gas]
 *
 * @see EIP-1559
 */
export function nextBaseFee(block: {
  readonly baseFeePerGas: bigint
  readonly gasUsed: bigint
  readonly gasLimit: bigint
}): bigint {
  const { baseFeePerGas: base, gasUsed } = block
  const target = block.gasLimit / ELASTICITY
  if (gasUsed <= target) return base - (base * (target - gasUsed)) / target / CHANGE_DENOMINATOR
  const rise = (base * (gasUsed - target)) / target / CHANGE_DENOMINATOR
  return base + (rise > 1n ? rise : 1n)
}
