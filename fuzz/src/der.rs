//! Changes to bytes: blind ones, and such that leave the structure of DER as it is.

use fastrand::Rng;

/// Below this a value is not looked into.
const DEEPEST: usize = 12;

/// A blind change: a byte, some bytes away, some twice, the end cut.
pub(crate) fn scramble(bytes: &mut Vec<u8>, random: &mut Rng) {
    if bytes.is_empty() {
        bytes.push(random.u8(..));
        return;
    }
    let at = random.usize(..bytes.len());
    let end = (at + random.usize(1..=16)).min(bytes.len());
    match random.u8(..6) {
        0 => bytes[at] = random.u8(..),
        1 => bytes[at] ^= 1 << random.u8(..8),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        4 => bytes.truncate(at),
        _ => bytes.insert(at, [0, 1, 0x30, 0x7f, 0x80, 0x82, 0x84, 0xff][random.usize(..8)]),
    }
}

/// An element of DER.
#[derive(Debug, Clone)]
enum Element {
    Whole(u8, Vec<u8>),
    Parts(u8, Vec<Element>),
}

/// The same DER with one element changed: doubled, away, with other content or another tag, or one of `other` in its place.
/// Lengths are right afterwards, so that what reads it gets as far as the change.
pub(crate) fn restructure(der: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    let Some(mut root) = parse(der) else { return der.to_vec() };
    let donor = parse(other);
    let place = random.usize(..count(&root).max(1));
    change(&mut root, place, donor.as_ref(), random);
    let mut bytes = Vec::with_capacity(der.len() + 64);
    write(&root, &mut bytes);
    bytes
}

fn parse(der: &[u8]) -> Option<Element> {
    let (element, rest) = element(der, 0)?;
    rest.is_empty().then_some(element)
}

fn element(bytes: &[u8], depth: usize) -> Option<(Element, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, &digit| (sum << 8) | usize::from(digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    // An OCTET STRING of an extension holds DER, too.
    let may_hold_more = tag & 0x20 != 0 || tag == 4;
    let parts = if may_hold_more && depth < DEEPEST { all(content, depth + 1) } else { None };
    let element =
        parts.map_or_else(|| Element::Whole(tag, content.to_vec()), |parts| Element::Parts(tag, parts));
    Some((element, rest))
}

fn all(mut content: &[u8], depth: usize) -> Option<Vec<Element>> {
    let mut parts = Vec::new();
    while !content.is_empty() {
        let (part, rest) = element(content, depth)?;
        parts.push(part);
        content = rest;
    }
    Some(parts)
}

/// Elements below this one.
fn count(element: &Element) -> usize {
    match element {
        Element::Whole(..) => 0,
        Element::Parts(_, parts) => parts.iter().map(|part| 1 + count(part)).sum(),
    }
}

/// Changes the element at `place`, counted from the outside in, from left to right.
fn change(element: &mut Element, mut place: usize, donor: Option<&Element>, random: &mut Rng) {
    let Element::Parts(_, parts) = element else { return };
    for index in 0..parts.len() {
        if place == 0 {
            change_part(parts, index, donor, random);
            return;
        }
        place -= 1;
        let below = count(&parts[index]);
        if place < below {
            change(&mut parts[index], place, donor, random);
            return;
        }
        place -= below;
    }
}

fn change_part(parts: &mut Vec<Element>, index: usize, donor: Option<&Element>, random: &mut Rng) {
    match random.u8(..6) {
        0 => drop(parts.remove(index)),
        1 => parts.insert(index, parts[index].clone()),
        2 => {
            let (Element::Whole(tag, _) | Element::Parts(tag, _)) = &mut parts[index];
            *tag = random.u8(..);
        }
        3 => {
            let other = random.usize(..parts.len());
            parts.swap(index, other);
        }
        4 if donor.is_some_and(|donor| count(donor) > 0) => {
            if let Some(donor) = donor
                && let Some(part) = part_at(donor, random.usize(..count(donor)))
            {
                parts[index] = part.clone();
            }
        }
        _ => match &mut parts[index] {
            Element::Whole(_, content) => scramble(content, random),
            Element::Parts(_, below) => below.extend(below.clone()),
        },
    }
}

fn part_at(element: &Element, mut place: usize) -> Option<&Element> {
    let Element::Parts(_, parts) = element else { return None };
    for part in parts {
        if place == 0 {
            return Some(part);
        }
        place -= 1;
        let below = count(part);
        if place < below {
            return part_at(part, place);
        }
        place -= below;
    }
    None
}

fn write(element: &Element, bytes: &mut Vec<u8>) {
    let (tag, content) = match element {
        Element::Whole(tag, content) => (*tag, content.clone()),
        Element::Parts(tag, parts) => {
            let mut content = Vec::new();
            parts.iter().for_each(|part| write(part, &mut content));
            (*tag, content)
        }
    };
    bytes.push(tag);
    match content.len() {
        length @ 0..0x80 => bytes.push(length as u8),
        length @ 0x80..0x100 => bytes.extend([0x81, length as u8]),
        length @ 0x100..0x1_0000 => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
        length => bytes.extend([0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8]),
    }
    bytes.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_as_it_was() {
        for der in crate::chains::CHAIN {
            let mut bytes = Vec::new();
            write(&parse(der).unwrap(), &mut bytes);
            assert_eq!(bytes, der);
        }
    }

    #[test]
    fn every_part_is_changed_sooner_or_later() {
        let [leaf, other, ..] = crate::chains::CHAIN;
        let mut random = Rng::with_seed(1);
        let all: std::collections::HashSet<_> =
            (0..2_000).map(|_| restructure(leaf, other, &mut random)).collect();
        assert!(all.len() > 500, "{}", all.len());
    }
}
