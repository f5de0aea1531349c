import { type Address, InvalidInputError } from '@plimsoll/domain'
import {
  type Chain,
  createPublicClient,
  defineChain,
  type HttpTransport,
  http,
  type PublicClient,
} from 'viem'
import { MissingContractError, NodeUnreachableError, WrongChainError } from './errors.ts'

/** What adapters read the chain through. */
export type ChainClient = PublicClient<HttpTransport, Chain>

/** Bytes of calldata that still go into one `eth_call`. */
const BATCH_SIZE = 262_144

/**
 * Connects to one chain through one node.
 *
 * All `readContract` calls made in one turn of the event loop at one block number become one `eth_call` through
 * Multicall3; a call with an `account` is sent on its own. Nothing is cached, and no contract can make the client ask
 * another server (CCIP-Read is off).
 *
 * @throws {@link InvalidInputError} when the address is not one of HTTP.
 * @throws {@link NodeUnreachableError} when nothing answers.
 * @throws {@link WrongChainError} when the node serves another chain.
 * @throws {@link MissingContractError} when Multicall3 is not where it should be.
 */
export async function createChainClient(p: {
  readonly rpcUrl: string
  readonly chainId: number
  readonly multicall3: Address
  /** Longest wait for one answer. [ms] */
  readonly timeoutMs?: number
}): Promise<ChainClient> {
  const origin = parseOrigin(p.rpcUrl)
  const chain: Chain = defineChain({
    id: p.chainId,
    name: `chain ${p.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [p.rpcUrl] } },
    contracts: { multicall3: { address: p.multicall3 } },
  })
  const client: ChainClient = createPublicClient({
    chain,
    transport: http(p.rpcUrl, { retryCount: 1, retryDelay: 50, timeout: p.timeoutMs ?? 10_000 }),
    batch: { multicall: { batchSize: BATCH_SIZE, wait: 0 } },
    pollingInterval: 50,
    cacheTime: 0,
    ccipRead: false,
  })
  const [found, code] = await Promise.all([
    client.getChainId(),
    client.getCode({ address: p.multicall3 }),
  ]).catch((cause: unknown) => {
    throw new NodeUnreachableError({ origin, cause })
  })
  if (found !== p.chainId) throw new WrongChainError({ origin, found, allowed: p.chainId })
  if (code === undefined)
    throw new MissingContractError({ contract: 'Multicall3', address: p.multicall3 })
  return client
}

/** Address of a node without its path, where keys are kept. */
function parseOrigin(rpcUrl: string): string {
  const allowed = 'an http or https URL'
  const url = URL.parse(rpcUrl)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new InvalidInputError({ field: 'rpcUrl', found: url?.protocol ?? 'no URL', allowed })
  return url.origin
}
