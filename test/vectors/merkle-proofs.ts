/**
 * Test data of github.com/transparency-dev/merkle (testdata/inclusion and testdata/consistency, Apache License 2.0): proofs
 * that have to be accepted (+) and refused (-), one a line. Hashes are named by their place in {@link HASHES}.
 */

/** base64; some are wrong on purpose */
const HASHES = `
bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=
lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=
Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=
a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=
hqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=
Twg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=
e0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=

V3JvbmdSb290
duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=
DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=
yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=
HrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=
2oVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
w37kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=
+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=
Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=
vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
rBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=
sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=
oIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
ZG9uJ3QgY2FyZSAy
ZG9uJ3QgY2FyZSAx
q6yroAAAAAAAAAAAAAAAAAAAAAAAAAAAAGAGHgASNFY=
V3JvbmdMZWFm
nqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=
Vwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=
Y0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=
QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=
tBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
woVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
237kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=
ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=
rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=
8sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=
ZjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
DTrtAjFI/9KiWfvQzcf7PPl1ZYdg03dbgq9vkKrMLfw=
`
  .slice(1, -1)
  .split('\n')
  .map((text) => Uint8Array.from(Buffer.from(text, 'base64')));

export interface ProofVector {
  readonly isValid: boolean;
  readonly name: string;
  /** the leaf's index and the tree's size, or the two sizes */
  readonly numbers: readonly [number, number];
  /** the leaf's hash and the root, or the two roots */
  readonly hashes: readonly [Uint8Array, Uint8Array];
  readonly proof: readonly Uint8Array[];
}

const hashAt = (place: string | undefined): Uint8Array => HASHES[Number(place)] as Uint8Array;

function parseLine(line: string): ProofVector {
  const [sign, name = '', first, second, one, other, proof] = line.split(' ');
  return {
    isValid: sign === '+',
    name,
    numbers: [Number(first), Number(second)],
    hashes: [hashAt(one), hashAt(other)],
    proof: proof === undefined ? [] : proof.split(',').map(hashAt),
  };
}

/** sign, name, leaf index, tree size, leaf hash, root, proof */
export const INCLUSION_VECTORS = `
- 0/empty-root 0 1 0 24
+ 0/happy-path 0 1 0 0
- 0/leafIdx-XOR-@2 2 1 0 0
- 0/leafIdx-plus-@1 1 1 0 0
- 0/leafIdx-sub-@1 18446744073709551615 1 0 0
- 0/preceding-garbage 0 1 0 0 8
- 0/preceding-root 0 1 0 0 0
- 0/random-root 0 1 0 27
- 0/trailing-garbage 0 1 0 0 8
- 0/trailing-root 0 1 0 0 0
- 0/treeSize-div-@2 0 0 0 0
- 0/treeSize-mul-@2 0 2 0 0
- 0/wrong-leaf 0 1 28 0
- 1/empty-root 0 8 0 24 2,3,4
+ 1/happy-path 0 8 0 1 2,3,4
- 1/inserted-component 0 8 0 1 2,27,3,4
- 1/leafIdx-XOR-@2 2 8 0 1 2,3,4
- 1/leafIdx-plus-@1 1 8 0 1 2,3,4
- 1/leafIdx-sub-@1 18446744073709551615 8 0 1 2,3,4
- 1/modified-proof[0]-bit-@3 0 8 0 1 29,3,4
- 1/modified-proof[1]-bit-@3 0 8 0 1 2,30,4
- 1/modified-proof[2]-bit-@3 0 8 0 1 2,3,31
- 1/preceding-garbage 0 8 0 1 8,2,3,4
- 1/preceding-root 0 8 0 1 1,2,3,4
- 1/random-root 0 8 0 27 2,3,4
- 1/removed-component 0 8 0 1 2,3
- 1/trailing-garbage 0 8 0 1 2,3,4,8
- 1/trailing-root 0 8 0 1 2,3,4,1
- 1/treeSize-div-@2 0 4 0 1 2,3,4
- 1/treeSize-mul-@2 0 16 0 1 2,3,4
- 1/wrong-leaf 0 8 28 1 2,3,4
- 2/empty-root 5 8 32 24 19,12,13
+ 2/happy-path 5 8 32 1 19,12,13
- 2/inserted-component 5 8 32 1 19,27,12,13
- 2/leafIdx-XOR-@2 7 8 32 1 19,12,13
- 2/leafIdx-plus-@1 6 8 32 1 19,12,13
- 2/leafIdx-sub-@1 4 8 32 1 19,12,13
- 2/modified-proof[0]-bit-@3 5 8 32 1 33,12,13
- 2/modified-proof[1]-bit-@3 5 8 32 1 19,34,13
- 2/modified-proof[2]-bit-@3 5 8 32 1 19,12,35
- 2/preceding-garbage 5 8 32 1 8,19,12,13
- 2/preceding-root 5 8 32 1 1,19,12,13
- 2/random-root 5 8 32 27 19,12,13
- 2/removed-component 5 8 32 1 19,12
- 2/trailing-garbage 5 8 32 1 19,12,13,8
- 2/trailing-root 5 8 32 1 19,12,13,1
- 2/treeSize-div-@2 5 4 32 1 19,12,13
- 2/treeSize-mul-@2 5 16 32 1 19,12,13
- 2/wrong-leaf 5 8 28 1 19,12,13
- 3/empty-root 2 3 36 24 17
+ 3/happy-path 2 3 36 37 17
- 3/leafIdx-XOR-@2 0 3 36 37 17
- 3/leafIdx-plus-@1 3 3 36 37 17
- 3/leafIdx-sub-@1 1 3 36 37 17
- 3/modified-proof[0]-bit-@3 2 3 36 37 38
- 3/preceding-garbage 2 3 36 37 8,17
- 3/preceding-root 2 3 36 37 37,17
- 3/random-root 2 3 36 27 17
- 3/removed-component 2 3 36 37
- 3/trailing-garbage 2 3 36 37 17,8
- 3/trailing-root 2 3 36 37 17,37
- 3/treeSize-div-@2 2 1 36 37 17
- 3/treeSize-mul-@2 2 6 36 37 17
- 3/wrong-leaf 2 3 28 37 17
- 4/empty-root 1 5 2 24 0,3,19
+ 4/happy-path 1 5 2 18 0,3,19
- 4/inserted-component 1 5 2 18 0,27,3,19
- 4/leafIdx-XOR-@2 3 5 2 18 0,3,19
- 4/leafIdx-plus-@1 2 5 2 18 0,3,19
- 4/leafIdx-sub-@1 0 5 2 18 0,3,19
- 4/modified-proof[0]-bit-@3 1 5 2 18 39,3,19
- 4/modified-proof[1]-bit-@3 1 5 2 18 0,30,19
- 4/modified-proof[2]-bit-@3 1 5 2 18 0,3,33
- 4/preceding-garbage 1 5 2 18 8,0,3,19
- 4/preceding-root 1 5 2 18 18,0,3,19
- 4/random-root 1 5 2 27 0,3,19
- 4/removed-component 1 5 2 18 0,3
- 4/trailing-garbage 1 5 2 18 0,3,19,8
- 4/trailing-root 1 5 2 18 0,3,19,18
- 4/treeSize-div-@2 1 2 2 18 0,3,19
- 4/treeSize-mul-@2 1 10 2 18 0,3,19
- 4/wrong-leaf 1 5 28 18 0,3,19
- additional/0/empty-root-and-random-leaf 0 0 27 24
- additional/0/empty-root 0 0 8 24
- additional/0/random-leaf 0 0 27 8
- additional/1/empty-root-and-random-leaf 0 1 27 24
- additional/1/empty-root 0 1 8 24
- additional/1/random-leaf 0 1 27 8
- additional/2/empty-root-and-random-leaf 1 0 27 24
- additional/2/empty-root 1 0 8 24
- additional/2/random-leaf 1 0 27 8
- additional/3/empty-root-and-random-leaf 2 1 27 24
- additional/3/empty-root 2 1 8 24
- additional/3/random-leaf 2 1 27 8
- single-entry/empty-leaf 0 1 8 40
- single-entry/empty-root-and-leaf 0 1 8 8
- single-entry/empty-root 0 1 40 8
+ single-entry/matching-root-and-leaf 0 1 40 40
`
  .trim()
  .split('\n')
  .map(parseLine);

/** sign, name, old size, size, old root, root, proof */
export const CONSISTENCY_VECTORS = `
+ 0/happy-path 1 1 0 0
- 1/empty-proof 1 8 0 1
+ 1/happy-path 1 8 0 1 2,3,4
- 1/modified-proof@0-bit-@4 1 8 0 1 5,3,4
- 1/modified-proof@1-bit-@4 1 8 0 1 2,6,4
- 1/modified-proof@2-bit-@4 1 8 0 1 2,3,7
- 1/preceding-garbage 1 8 0 1 8,2,3,4
- 1/preceding-proof-@0 1 8 0 1 2,2,3,4
- 1/preceding-root1 1 8 0 1 0,2,3,4
- 1/preceding-root2 1 8 0 1 1,2,3,4
- 1/size1-XOR-@2 3 8 0 1 2,3,4
- 1/size1-plus-@1 2 8 0 1 2,3,4
- 1/size1-sub-@1 0 8 0 1 2,3,4
- 1/size2-div-@2 1 4 0 1 2,3,4
- 1/size2-mul-@2 1 16 0 1 2,3,4
- 1/swapped-roots 1 8 1 0 2,3,4
- 1/trailing-garbage 1 8 0 1 2,3,4,8
- 1/trailing-root1 1 8 0 1 2,3,4,0
- 1/trailing-root2 1 8 0 1 2,3,4,1
- 1/truncated-proof 1 8 0 1 2,3
- 1/wrong-root1 1 8 9 1 2,3,4
- 1/wrong-root2 1 8 0 9 2,3,4
- 2/empty-proof 6 8 10 1
+ 2/happy-path 6 8 10 1 11,12,13
- 2/modified-proof@0-bit-@4 6 8 10 1 14,12,13
- 2/modified-proof@1-bit-@4 6 8 10 1 11,15,13
- 2/modified-proof@2-bit-@4 6 8 10 1 11,12,16
- 2/preceding-garbage 6 8 10 1 8,11,12,13
- 2/preceding-proof-@0 6 8 10 1 11,11,12,13
- 2/preceding-root1 6 8 10 1 10,11,12,13
- 2/preceding-root2 6 8 10 1 1,11,12,13
- 2/size1-XOR-@2 4 8 10 1 11,12,13
- 2/size1-plus-@1 7 8 10 1 11,12,13
- 2/size1-sub-@1 5 8 10 1 11,12,13
- 2/size2-div-@2 6 4 10 1 11,12,13
- 2/size2-mul-@2 6 16 10 1 11,12,13
- 2/swapped-roots 6 8 1 10 11,12,13
- 2/trailing-garbage 6 8 10 1 11,12,13,8
- 2/trailing-root1 6 8 10 1 11,12,13,10
- 2/trailing-root2 6 8 10 1 11,12,13,1
- 2/truncated-proof 6 8 10 1 11,12
- 2/wrong-root1 6 8 9 1 11,12,13
- 2/wrong-root2 6 8 10 9 11,12,13
- 3/empty-proof 2 5 17 18
+ 3/happy-path 2 5 17 18 3,19
- 3/modified-proof@0-bit-@4 2 5 17 18 6,19
- 3/modified-proof@1-bit-@4 2 5 17 18 3,20
- 3/preceding-garbage 2 5 17 18 8,3,19
- 3/preceding-proof-@0 2 5 17 18 3,3,19
- 3/preceding-root1 2 5 17 18 17,3,19
- 3/preceding-root2 2 5 17 18 18,3,19
- 3/size1-XOR-@2 0 5 17 18 3,19
- 3/size1-plus-@1 3 5 17 18 3,19
- 3/size1-sub-@1 1 5 17 18 3,19
- 3/size2-div-@2 2 2 17 18 3,19
- 3/size2-mul-@2 2 10 17 18 3,19
- 3/swapped-roots 2 5 18 17 3,19
- 3/trailing-garbage 2 5 17 18 3,19,8
- 3/trailing-root1 2 5 17 18 3,19,17
- 3/trailing-root2 2 5 17 18 3,19,18
- 3/truncated-proof 2 5 17 18 3
- 3/wrong-root1 2 5 9 18 3,19
- 3/wrong-root2 2 5 17 9 3,19
- 4/empty-proof 6 7 10 21
+ 4/happy-path 6 7 10 21 11,22,13
- 4/modified-proof@0-bit-@4 6 7 10 21 14,22,13
- 4/modified-proof@1-bit-@4 6 7 10 21 11,23,13
- 4/modified-proof@2-bit-@4 6 7 10 21 11,22,16
- 4/preceding-garbage 6 7 10 21 8,11,22,13
- 4/preceding-proof-@0 6 7 10 21 11,11,22,13
- 4/preceding-root1 6 7 10 21 10,11,22,13
- 4/preceding-root2 6 7 10 21 21,11,22,13
- 4/size1-XOR-@2 4 7 10 21 11,22,13
- 4/size1-plus-@1 7 7 10 21 11,22,13
- 4/size1-sub-@1 5 7 10 21 11,22,13
- 4/size2-div-@2 6 3 10 21 11,22,13
- 4/size2-mul-@2 6 14 10 21 11,22,13
- 4/swapped-roots 6 7 21 10 11,22,13
- 4/trailing-garbage 6 7 10 21 11,22,13,8
- 4/trailing-root1 6 7 10 21 11,22,13,10
- 4/trailing-root2 6 7 10 21 11,22,13,21
- 4/truncated-proof 6 7 10 21 11,22
- 4/wrong-root1 6 7 9 21 11,22,13
- 4/wrong-root2 6 7 10 9 11,22,13
- additional/consistency-check-on-empty-tree-size1-is-zero-is-useless 0 1 24 24 24
- additional/roots-do-not-match-and-sizes-are-zero 0 0 24 25
- additional/roots-do-not-not-match-and-sizes-are-one 1 1 24 25
- additional/size1-is-greater-than-size2-again 2 1 26 25
- additional/size1-is-greater-than-size2 1 0 26 25
- additional/size1-is-zero-and-does-not-equal-size2 0 1 26 25
- additional/size1-is-zero-and-size2-is-not-zero 0 1 24 25
+ additional/sizes-are-equal-one-and-proof-is-empty 1 1 25 25
- additional/sizes-are-equal-one-but-roots-are-not 1 1 26 25
- additional/sizes-are-equal-zero-and-proof-is-empty 0 0 26 26
- additional/sizes-are-equal-zero-but-roots-are-not 0 0 26 25
- additional/sizes-do-not-watch-and-proof-is-empty 1 2 26 25
- additional/sizes-match-but-proof-is-not-empty-and-sizes-are-one 1 1 24 24 24
- additional/sizes-match-but-proof-is-not-empty-and-sizes-are-zero 0 0 24 24 24
`
  .trim()
  .split('\n')
  .map(parseLine);
