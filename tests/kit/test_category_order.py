import numpy as np
import pytest

from trivet.kit.category_order import category_order
from trivet.kit.target import Target


def values(numbers):
    return Target(link="identity", n_scores=1, hard=np.asarray(numbers, float))


def test_words_are_ranked_by_their_mean_answer():
    codes = np.repeat([0, 1, 2], 50)
    order = category_order(codes, 3, values(np.repeat([5.0, 1.0, 9.0], 50)), most=10, least=1)
    by_word = dict(zip(order.kept.tolist(), order.rank.tolist()))
    assert by_word[1] < by_word[0] < by_word[2]
    assert sorted([*by_word.values(), order.rare]) == [1, 2, 3, 4]


def test_rare_words_share_one_rank_placed_by_their_own_mean():
    codes = np.concatenate([np.repeat([0, 1], 50), np.arange(2, 22)])
    order = category_order(
        codes, 22, values(np.concatenate([np.repeat([0.0, 1.0], 50), np.full(20, 9.0)])), most=9, least=10
    )
    assert order.kept.tolist() == [0, 1] and order.rare == 3


def test_only_the_most_frequent_words_are_kept():
    codes = np.repeat([0, 1, 2], [10, 30, 20])
    assert category_order(codes, 3, values(np.zeros(60)), most=2, least=1).kept.tolist() == [1, 2]


def test_several_classes_are_laid_along_the_axis_that_tells_them_apart():
    # Words 0 and 3 stand for opposite classes, 1 and 2 lie between them.
    shares = np.array([[40, 5, 5], [30, 15, 5], [15, 30, 5], [5, 40, 5]])
    codes = np.repeat(np.arange(4), 50)
    labels = np.concatenate([np.repeat(np.arange(3), row) for row in shares])
    order = category_order(codes, 4, Target(link="softmax", n_scores=3, hard=labels), most=9, least=1)
    ranks = order.rank.tolist()
    assert ranks == sorted(ranks) or ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    codes, answers = rng.integers(-1, 8, 300), rng.integers(0, 100, 300).astype(float)
    turn = rng.permutation(300)
    one = category_order(codes, 8, values(answers), most=9, least=5)
    other = category_order(codes[turn], 8, values(answers[turn]), most=9, least=5)
    assert one.rank.tolist() == other.rank.tolist()


def test_a_column_without_any_word_has_only_the_rare_rank():
    order = category_order(np.full(5, -1), 3, values(np.arange(5.0)), most=9, least=1)
    assert order.kept.tolist() == [] and order.rare == 1
