import { type Simulator, VenueReadError } from '@plimsoll/domain'
import { MethodNotFoundRpcError, MethodNotSupportedRpcError, BaseError as ViemError } from 'viem'
import type { ChainClient } from './createChainClient.ts'
import { UnsupportedNodeError } from './errors.ts'

/** Seconds from the latest block to the one that calls are tried in: the earliest a chain can give. */
const NEXT_BLOCK_S = 1n

/**
 * Tries calls one after another in the block after the latest, each on the state the one before it left.
 *
 * The node does it (`eth_simulateV1`), nothing is sent. Gas is what each call would pay for; a limit must leave room
 * above it for refunds and for what inner calls hold back. The sender's balance and nonce are not looked at.
 *
 * @throws {@link UnsupportedNodeError} when the node cannot simulate.
 * @throws {@link VenueReadError} when it does not answer.
 */
export function createSimulator(client: ChainClient): Simulator {
  return {
    async simulate({ from, calls }) {
      if (calls.length === 0) return { type: 'succeeded', gas: [] }
      const results = await simulateCalls(client, from, calls)
      const gas: bigint[] = []
      for (const [index, call] of calls.entries()) {
        const result = results[index]
        if (result === undefined)
          throw new VenueReadError({ venue: 'The node', what: `simulated call ${index}` })
        if (result.status === 'failure')
          return { type: 'reverted', index, call, data: result.data ?? '0x' }
        gas.push(result.maxUsedGas ?? result.gasUsed)
      }
      return { type: 'succeeded', gas }
    },
  }
}

async function simulateCalls(
  client: ChainClient,
  account: Parameters<Simulator['simulate']>[0]['from'],
  calls: Parameters<Simulator['simulate']>[0]['calls'],
) {
  try {
    const latest = await client.getBlock({ blockTag: 'latest' })
    const [block] = await client.simulateBlocks({
      blockNumber: latest.number,
      blocks: [
        {
          // Stated, since nodes differ in what they take for the next block.
          blockOverrides: { number: latest.number + 1n, time: latest.timestamp + NEXT_BLOCK_S },
          calls: calls.map(({ to, data, value }) => ({ account, to, data, value })),
        },
      ],
    })
    return block?.calls ?? []
  } catch (cause) {
    const isUnsupported =
      cause instanceof ViemError &&
      cause.walk(
        (error) =>
          error instanceof MethodNotFoundRpcError || error instanceof MethodNotSupportedRpcError,
      ) !== null
    if (isUnsupported) throw new UnsupportedNodeError({ feature: 'eth_simulateV1', cause })
    throw new VenueReadError({ venue: 'The node', what: 'a simulation', cause })
  }
}
