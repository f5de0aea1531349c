import { type SpotSource, type Token, VenueReadError } from '@plimsoll/domain'
import { erc20Abi } from 'viem'
import type { ChainClient } from './createChainClient.ts'

/** Reads what an account holds of the named tokens, at one block. */
export function createSpotSource(p: {
  readonly client: ChainClient
  readonly tokens: readonly Token[]
}): SpotSource {
  const { client, tokens } = p
  return {
    read: (account, block) =>
      Promise.all(
        tokens.map(async (token) => {
          const raw = await client
            .readContract({
              address: token.address,
              abi: erc20Abi,
              functionName: 'balanceOf',
              args: [account],
              blockNumber: block.number,
            })
            .catch((cause: unknown) => {
              const what = `the balance of ${account} at block ${block.number}`
              throw new VenueReadError({ venue: token.symbol, what, cause })
            })
          return { token, raw }
        }),
      ),
  }
}
