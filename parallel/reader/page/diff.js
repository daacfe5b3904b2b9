// The differences between two texts, word by word.

const LARGEST = 4_000_000; // cells of the comparison table; beyond it the changed middle is shown as one piece

const wordsOf = (text) => text.match(/[\p{L}\p{M}\p{N}]+|\s+|[^\p{L}\p{M}\p{N}\s]/gu) ?? [];

/** The pieces `{kind, text}` of a comparison in order; kind is same, gone or new. */
function difference(before, after) {
  const from = wordsOf(before);
  const to = wordsOf(after);
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (
    tail < from.length - head &&
    tail < to.length - head &&
    from[from.length - 1 - tail] === to[to.length - 1 - tail]
  ) {
    tail += 1;
  }
  const pieces = [];
  const add = (kind, text) => {
    if (!text) return;
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  add("same", from.slice(0, head).join(""));
  compareMiddle(from.slice(head, from.length - tail), to.slice(head, to.length - tail), add);
  add("same", from.slice(from.length - tail).join(""));
  return pieces;
}

/** Longest common subsequence of two lists of words. */
function compareMiddle(from, to, add) {
  const width = to.length + 1;
  if (!from.length || !to.length || (from.length + 1) * width > LARGEST) {
    add("gone", from.join(""));
    add("new", to.join(""));
    return;
  }
  const common = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i -= 1) {
    for (let j = to.length - 1; j >= 0; j -= 1) {
      const here = i * width + j;
      common[here] =
        from[i] === to[j] ? common[here + width + 1] + 1 : Math.max(common[here + width], common[here + 1]);
    }
  }
  let i = 0;
  let j = 0;
  let gone = "";
  let fresh = "";
  const flush = () => {
    add("gone", gone);
    add("new", fresh);
    gone = fresh = "";
  };
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      flush();
      add("same", from[i]);
      i += 1;
      j += 1;
    } else if (j >= to.length || (i < from.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      gone += from[i++];
    } else {
      fresh += to[j++];
    }
  }
  flush();
}
