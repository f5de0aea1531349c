import { InvariantError } from '@plimsoll/domain'
import {
  type ChainClient,
  createChainHead,
  createPublicLane,
  deployExecutor,
  type OwnExecutor,
} from '@plimsoll/evm'
import type { LocalAccount } from 'viem'
import { composeSigner } from './composeSigner.ts'
import type { ComposedVenues } from './composeVenues.ts'

const AUTHORIZATION_GAS = 120_000n

/**
 * Deploys an owner's own executor and lets it act for them on every venue, through the signing policy.
 *
 * Once, before the owner's first agent starts: no journal knows these transactions, so afterwards they would take nonces
 * that belong to orders. A restart takes it up by `loadExecutor`.
 *
 * @param p.deployer - Pays for the executor and has no rights in it.
 */
export async function setUpExecutor(p: {
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly owner: LocalAccount
  readonly deployer: LocalAccount
}): Promise<OwnExecutor> {
  const { client, venues, owner, deployer } = p
  const executor = await deployExecutor({ client, deployer, owner: owner.address })
  const { signer } = composeSigner({ client, venues, owner, executor })
  const lane = createPublicLane(client)
  const head = createChainHead(client)
  let nonce = await lane.nonce(signer.address)
  for (const call of venues.lending.flatMap((venue) => venue.authorize(executor.address))) {
    const block = await head.latest()
    const signed = await signer.sign({ call, nonce, gas: AUTHORIZATION_GAS, block })
    nonce += 1
    await lane.send(signed)
    const receipt = await lane.receipt(signed.hash)
    if (receipt?.status !== 'success')
      throw new InvariantError({
        expected: `${call.label} to be carried out`,
        found: receipt?.status ?? 'no receipt',
      })
  }
  return executor
}
