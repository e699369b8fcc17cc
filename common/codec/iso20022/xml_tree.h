/*
 * xml_tree.h - a few XML elements at a time, small enough to look things up in.
 *
 * The reader keeps only the element it is inside of (a balance, an entry, one
 * payment of it) as a flat list of nodes in document order. When a part is done its
 * nodes are cut off again, so memory follows the largest part, not the file.
 *
 *   index   name      depth  end            <Ntry>
 *     0     Ntry        0     5               <Amt Ccy="EUR">1.00</Amt>
 *     1     Amt         1     2               <BookgDt>
 *     2     BookgDt     1     4                 <Dt>2026-03-01</Dt>
 *     3     Dt          2     4               </BookgDt>
 *     4     Sts         1     5               <Sts>BOOK</Sts>
 *
 * (1) The children of a node are the nodes behind it that are one deeper, up to end.
 * (2) Names are the parser's own (interned): they live as long as the parser.
 * (3) Nodes and text stay within their ceilings; then failed stays true.
 * (4) Most look-ups of a reader find nothing: a node keeps a bit for each name among its children,
 *     and a look-up that cannot succeed ends where it is made.
 *
 * Paths are local names with slashes: "Refs/EndToEndId". Namespaces do not matter.
 */
#ifndef SAWA_CODEC_ISO20022_XML_TREE_H
#define SAWA_CODEC_ISO20022_XML_TREE_H

#include "base/buffer.h"

struct xml_node {
    const char *name;
    uint64_t head;     /* the first eight bytes of name, zeros behind its end */
    uint64_t children; /* (4) */
    int32_t depth;
    int32_t parent; /* XML_NONE at the top */
    int32_t end;    /* index behind its last descendant; 0 while it is open */
    int64_t line;
    uint32_t text_start, text_size;         /* in text */
    uint32_t currency_start, currency_size; /* attribute Ccy */
};

enum { XML_NAMES_KNOWN = 256, XML_NONE = -1 };

/* A name that was met before, by the address where the parser has it (2). */
struct xml_known {
    const char *name;
    uint64_t head; /* as in xml_node */
    uint64_t bit;  /* (4) */
};

struct xml_tree {
    struct xml_node *nodes;
    int32_t node_count, node_capacity, node_max;
    int32_t depth; /* of the next node */
    int32_t open;  /* index of the innermost open node, -1: none */
    struct buffer text;
    bool failed;
    struct xml_known known[XML_NAMES_KNOWN]; /* by address; the last one of a place stays */
};

void xml_tree_init(struct xml_tree *tree, int32_t node_max, size_t text_max);
void xml_tree_done(struct xml_tree *tree);
void xml_tree_clear(struct xml_tree *tree);

/* The value of Ccy among the parser's attributes: five pointers each, local name, prefix, URI,
 * value and its end. Empty where there is none. */
struct text xml_currency_attribute(const unsigned char **attributes, int count);

/* Opens a node; its text follows by xml_tree_text, and counts where it has no children. */
void xml_tree_open(struct xml_tree *tree, const char *name, int64_t line, struct text currency);
void xml_tree_text(struct xml_tree *tree, struct text text);
/* Closes the innermost node and returns its index. */
int32_t xml_tree_close(struct xml_tree *tree);
/* Forgets node and everything behind it: node was closed last. */
void xml_tree_cut(struct xml_tree *tree, int32_t node);

/* True when node has this name. */
bool xml_is(const struct xml_tree *tree, int32_t node, const char *name);

/* Of a path that stands in the source, the compiler computes what it can, if it sees it. */
#define XML_FOLDED static inline __attribute__((always_inline))

/* (4) of the first name of a path, by its first three bytes: names have two. */
XML_FOLDED uint64_t xml_name_bit(const char *path)
{
    uint32_t third =
        path[1] == '\0' || path[1] == '/' || path[2] == '/' ? 0 : (unsigned char)path[2];
    uint32_t head =
        (uint32_t)(unsigned char)path[0] | (uint32_t)(unsigned char)path[1] << 8 | third << 16;

    return UINT64_C(1) << ((head * UINT32_C(0x9E3779B1)) >> 26);
}

/* The first eight bytes of the first name of a path, zeros behind its end; a shorter name is known
 * by them. Without a loop, which the compiler would not fold. */
XML_FOLDED uint64_t xml_name_head(const char *path)
{
#define XML_HEAD(i)                                                                                \
    if ((i) == size || path[i] == '/')                                                             \
        return head;                                                                               \
    head |= (uint64_t)(unsigned char)path[i] << (8 * (i))
    const size_t size = strlen(path);
    uint64_t head = 0;

    XML_HEAD(0);
    XML_HEAD(1);
    XML_HEAD(2);
    XML_HEAD(3);
    XML_HEAD(4);
    XML_HEAD(5);
    XML_HEAD(6);
    XML_HEAD(7);
#undef XML_HEAD
    return head;
}

/* xml_find where the first name may be there; head is its head. */
int32_t xml_find_path(const struct xml_tree *tree, int32_t node, const char *path, uint64_t head);

/* The first node at path below node, XML_NONE where there is none. An open node shows what it
 * has so far. */
XML_FOLDED int32_t xml_find(const struct xml_tree *tree, int32_t node, const char *path)
{
    return node == XML_NONE || (tree->nodes[node].children & xml_name_bit(path)) == 0
               ? XML_NONE
               : xml_find_path(tree, node, path, xml_name_head(path));
}
/* The next sibling of node with the same name, XML_NONE where there is none. */
int32_t xml_next(const struct xml_tree *tree, int32_t node);
/* The first child of node of any name, and the sibling behind node. */
int32_t xml_child(const struct xml_tree *tree, int32_t node);
int32_t xml_sibling(const struct xml_tree *tree, int32_t node);

/* Trimmed text of node itself, and of the first node at path; empty for XML_NONE. Valid until
 * the next change of the tree. */
struct text xml_text(const struct xml_tree *tree, int32_t node);
XML_FOLDED struct text xml_text_at(const struct xml_tree *tree, int32_t node, const char *path)
{
    int32_t found = xml_find(tree, node, path);

    return found == XML_NONE ? (struct text){NULL, 0} : xml_text(tree, found);
}
struct text xml_currency(const struct xml_tree *tree, int32_t node);

#endif
