//! The hash tree of RFC 6962: leaves under 0x00, inner nodes under 0x01, so that neither passes for the other.

use super::digest::Digest;

/// The hash of a leaf.
#[must_use]
pub fn leaf(bytes: &[u8]) -> Digest {
    Digest::of(&[&[0], bytes])
}

fn inner(left: Digest, right: Digest) -> Digest {
    Digest::of(&[&[1], &left.0, &right.0])
}

/// The root over leaf hashes; of none, the hash of nothing.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(&[]),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            inner(root(left), root(right))
        }
    }
}

/// The hashes that lead from leaf `index` to the root, nearest first; `None` if there is no such leaf.
#[must_use]
pub fn audit_path(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut part, mut index, mut path) = (leaves, index, Vec::new());
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if index < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            index -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// The audit paths of all leaves at once, which costs no more than hashing the tree.
#[must_use]
pub fn audit_paths(leaves: &[Digest]) -> (Digest, Vec<Vec<Digest>>) {
    let mut paths = vec![Vec::new(); leaves.len()];
    let root = descend(leaves, &mut paths);
    (root, paths)
}

fn descend(leaves: &[Digest], paths: &mut [Vec<Digest>]) -> Digest {
    if leaves.len() < 2 {
        return root(leaves);
    }
    let middle = split(leaves.len());
    let (left_paths, right_paths) = paths.split_at_mut(middle);
    let left = descend(&leaves[..middle], left_paths);
    let right = descend(&leaves[middle..], right_paths);
    left_paths.iter_mut().for_each(|path| path.push(right));
    right_paths.iter_mut().for_each(|path| path.push(left));
    inner(left, right)
}

/// Whether `path` leads from this leaf, at `index` of `count`, to `root`.
#[must_use]
pub fn leads(leaf: Digest, index: usize, count: usize, path: &[Digest], root: Digest) -> bool {
    if index >= count {
        return false;
    }
    // The turns are found from the top down, and walked from the leaf up.
    let (mut index, mut count, mut turns) = (index, count, Vec::with_capacity(path.len()));
    while count > 1 {
        let left = split(count);
        let goes_left = index < left;
        turns.push(goes_left);
        (index, count) = if goes_left { (index, left) } else { (index - left, count - left) };
    }
    turns.len() == path.len()
        && turns
            .iter()
            .rev()
            .zip(path)
            .fold(leaf, |hash, (left, other)| if *left { inner(hash, *other) } else { inner(*other, hash) })
            == root
}

/// A tree whose leaves change one by one: its root is found again from what changed, not from everything.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The leaves, then each level above them up to the root. A node without a neighbour rises as it is.
    levels: Vec<Vec<Digest>>,
    /// Leaves that changed since the root was asked for, in any order.
    changed: Vec<usize>,
}

impl Standing {
    /// The tree over these leaves.
    #[must_use]
    pub fn new(leaves: Vec<Digest>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = (0..below.len().div_ceil(2)).map(|at| above(below, at)).collect();
            levels.push(above);
        }
        Self { levels, changed: Vec::new() }
    }

    /// Changes a leaf that is there.
    pub fn change(&mut self, index: usize, leaf: Digest) {
        if let Some(place) = self.levels[0].get_mut(index)
            && *place != leaf
        {
            *place = leaf;
            self.changed.push(index);
        }
    }

    /// The same as [`root`] of the leaves.
    #[must_use]
    pub fn root(&mut self) -> Digest {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        for level in 1..self.levels.len() {
            changed.iter_mut().for_each(|at| *at /= 2);
            changed.dedup();
            let (below, here) = self.levels.split_at_mut(level);
            for at in &changed {
                here[0][*at] = above(&below[level - 1], *at);
            }
        }
        match self.levels.last().map(Vec::as_slice) {
            Some([root]) => *root,
            _ => root(&[]),
        }
    }
}

fn above(level: &[Digest], at: usize) -> Digest {
    match level.get(2 * at + 1) {
        Some(right) => inner(level[2 * at], *right),
        None => level[2 * at],
    }
}

/// The largest power of two smaller than `count` (≥ 2).
fn split(count: usize) -> usize {
    1 << (count - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(count: u8) -> Vec<Digest> {
        (0..count).map(|number| leaf(&[number])).collect()
    }

    #[test]
    fn roots_are_those_of_the_rfc() {
        // The test vectors of Certificate Transparency: the first of its eight inputs.
        assert_eq!(root(&[]).to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let inputs: Vec<Digest> =
            [&[][..], &[0], &[0x10], &[0x20, 0x21]].iter().map(|input| leaf(input)).collect();
        assert_eq!(
            root(&inputs[..1]).to_string(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            root(&inputs[..2]).to_string(),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        assert_eq!(
            root(&inputs[..3]).to_string(),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
        assert_eq!(
            root(&inputs).to_string(),
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
        );
    }

    proptest! {
        #[test]
        fn a_tree_that_stands_has_the_root_of_its_leaves(
            count in 0u8..70, changes in prop::collection::vec((0usize..70, any::<u8>(), any::<bool>()), 0..30)
        ) {
            let mut leaves = leaves(count);
            let mut standing = Standing::new(leaves.clone());
            prop_assert_eq!(standing.root(), root(&leaves));
            for (index, value, asks) in changes {
                let changed = leaf(&[value, 1]);
                standing.change(index, changed);
                if let Some(place) = leaves.get_mut(index) {
                    *place = changed;
                }
                if asks {
                    prop_assert_eq!(standing.root(), root(&leaves));
                }
            }
            prop_assert_eq!(standing.root(), root(&leaves));
        }

        #[test]
        fn every_leaf_has_a_path_and_no_other_leaf_fits_it(count in 1u8..40, index in 0usize..40, other in 0usize..40) {
            let leaves = leaves(count);
            let root = root(&leaves);
            let Some(path) = audit_path(&leaves, index) else { return Ok(()) };
            prop_assert!(leads(leaves[index], index, leaves.len(), &path, root));
            let (same_root, paths) = audit_paths(&leaves);
            prop_assert_eq!(same_root, root);
            prop_assert_eq!(&paths[index], &path);
            if other < leaves.len() && other != index {
                prop_assert!(!leads(leaves[other], index, leaves.len(), &path, root));
                prop_assert!(!leads(leaves[index], other, leaves.len(), &path, root));
            }
            prop_assert!(!leads(leaves[index], index, 0, &path, root));
            prop_assert!(!leads(leaves[index], index, usize::MAX, &path, root));
        }
    }
}
