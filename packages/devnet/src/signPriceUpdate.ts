import {
  type Address,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  parseSignature,
} from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'

const EXPONENT = -8
const CONFIDENCE = 0n // Synthetix does not look at it
const digestOf = parseAbiParameters(
  'uint256 chainId, address verifier, bytes32 id, int64 price, uint64 conf, int32 expo, uint64 publishTime',
)
const updateOf = parseAbiParameters(
  'bytes32 id, int64 price, uint64 conf, int32 expo, uint64 publishTime, uint8 v, bytes32 r, bytes32 s',
)

/** A price at a moment, for our contract `SignedPrices`. */
export interface PriceUpdate {
  readonly chainId: number
  /** The contract that checks it. */
  readonly verifier: Address
  readonly id: Hex
  /** [USD 1e8] */
  readonly price: bigint
  /** [s] */
  readonly publishTime: bigint
}

/** Signs price bytes: what the keeper of a Synthetix order brings to its execution. The same input, the same bytes. */
export async function signPriceUpdate(
  publisher: Pick<PrivateKeyAccount, 'sign'>,
  { chainId, verifier, id, price, publishTime }: PriceUpdate,
): Promise<Hex> {
  const content = [id, price, CONFIDENCE, EXPONENT, publishTime] as const
  const hash = keccak256(encodeAbiParameters(digestOf, [BigInt(chainId), verifier, ...content]))
  const { r, s, yParity } = parseSignature(await publisher.sign({ hash }))
  return encodeAbiParameters(updateOf, [...content, 27 + yParity, r, s])
}
