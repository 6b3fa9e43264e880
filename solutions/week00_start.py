# %% [markdown]
# # Week 00: Start here
#
# About half an hour. Five minutes of story, a look at your set-up, and one function that is worth 0 points. Nothing here can go wrong in a way that costs you anything, so try things out.
#
# ## The story
#
# You have a robot, and you would like it to find the cat in your photos.
#
# **Attempt one: tell it what a cat is.** Two pointed ears, whiskers, fur. The robot believes you. It calls a fox a cat. It calls your cat, asleep with its ears folded, a loaf of bread. For every exception you add a rule, and for every rule there is an exception. Nobody has ever finished this list.
#
# **Attempt two: let it find its own rules.** You show the robot a photo. It looks at every pixel and gives each one a weight: this one speaks for a cat, that one against. It adds everything up. If the sum is large enough, it says *cat*. At first the weights are random, and so is the answer. But you know the truth, and you tell it *how wrong* it was. It turns each weight a tiny bit in the direction that would have been less wrong. Then it looks at the next photo.
#
# After a million photos it finds cats, even sleeping ones. Nobody has told it what a cat is.
#
# That is the whole idea. The rest of this course is about what goes wrong on the way. Plenty does, and each thing that goes wrong is one week.
#
# ## The chain in one breath
#
# One **rule** can only draw a straight line, so we stack rules into a *rule pile*; but straight on straight is straight, *the rule pile collapses*, so we put a *bend* between them; then a picture can go all the way *forward* through the pile; the pile has to *start* somewhere, neither too loud nor too quiet; at its end a *loss* says how wrong it was; the blame travels back and gives every weight its *nudge*; nudges come *in batches*, because a million photos for one step is too slow; in a deep pile *the nudge dies* on its way back, so we keep a road open for it; a *smart nudge* remembers where it was going; a pile that is too clever learns the photos by heart and has to be *kept honest*; a larger pile with more photos gets better along a *straight line*; its numbers drift while it learns, so we *normalize* them; somebody has to say what is a cat, or the robot finds its *own questions*; and in the end we admit *what nobody knows yet*.
#
# Read it again in fourteen weeks. It will seem shorter.
#
# ## The robot's words
#
# The robot uses the same words throughout. When you meet one again, this is what it means. The field's own words come beside them, each in its week.
#
# | the robot says | the field says | week |
# | --- | --- | --- |
# | rule | perceptron, neuron, unit | 01 |
# | rule pile | network of layers | 01 |
# | the rule pile collapses | linear layers compose to one linear layer | 01 |
# | bend | activation function | 02 |
# | looking at a picture | forward pass | 03 |
# | throwing the dice | initialization | 04 |
# | how wrong | loss | 05 |
# | blame | gradient | 06 |
# | nudge | gradient step | 06, 07 |
# | a handful of pictures | mini-batch | 07 |
# | the nudge dies | vanishing gradient | 08 |
# | smart nudge | optimizer with memory | 09 |
# | learning by heart | overfitting | 10 |
# | keeping the pile honest | regularization | 10 |
# | a bigger pile | scaling laws | 11 |
# | keeping the numbers calm | normalization | 12 |
# | where labels come from | supervised, self-supervised, reinforcement learning | 13 |
#
# ## Is everything in place?
#
# Run the next cell: click into it and press Shift+Enter. It loads what the course needs.

# %% locked="setup"
import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from autograder import check
from course_lib import datasets, plots

# %% [markdown]
# No message means that all is well. If Python says `ModuleNotFoundError`, the course is not installed in the environment that this notebook uses: run the closed cell at the top of this notebook, and do what it says. The file `START-HERE.md`, which came with this notebook, says more. Ask for help now, not in week 03.
#
# The next cell prints versions. Python should be 3.11 or newer, NumPy 2 or newer. Keras may be missing: you need it only in week 14. Until then it is used for one comparison at the end of each notebook.

# %% tags=["experiment"]
print(f"{'Python':14} {platform.python_version()}")
for package in ["numpy", "matplotlib", "scikit-learn", "ipython", "keras"]:
    try:
        print(f"{package:14} {version(package)}")
    except PackageNotFoundError:
        print(f"{package:14} not installed")

# %% [markdown]
# Now a picture. These are real handwritten digits, 8 by 8 pixels each. They are the photos of this course: small enough for any computer, and real.

# %% tags=["experiment"]
pictures, labels = datasets.digits()
shown = {}
for label in range(10):
    ours = pictures[labels == label]
    # The most typical one: the nearest to the mean of its kind.
    typical = np.linalg.norm(ours - ours.mean(axis=0), axis=1).argmin()
    shown[f"a {label}"] = ours[typical].reshape(8, 8)
figure = plots.gallery(shown)

# %% [markdown]
# *In words:* ten small pictures in two rows, the digits 0 to 9, one typical picture of each, drawn with soft edges. Ink is 1, paper is 0. If you see them, your set-up is complete.
#
# To the robot, a picture is a row of numbers. This is the upper half of the 0:

# %% tags=["experiment"]
print(np.round(shown["a 0"][:4], 1))

# %% [markdown]
# ## Practise: check, validate, submit
#
# Every exercise of this course looks like the next one. There is a function with a **docstring**: what goes in, what comes out. You replace the line `raise NotImplementedError()` with your own code. Below it stands a **check**.
#
# Three things to know:
#
# 1. **Check.** Run the check cell whenever you like, as often as you like. It tells you what is wrong and why, and it never takes points away. Keep the function's name, since the check looks for it. For hints in three steps, run `check("greet_robot", hint=1)` in a cell of your own, then `hint=2` and `hint=3`.
# 2. **Validate.** Before you hand in, restart the notebook and run everything from the top (*Kernel, Restart Kernel and Run All Cells*). A notebook that works only because of a cell that you have since deleted will not work for the grader. Run `from autograder import check_all` and `check_all()` in a cell of your own: it lists what is missing. If your course has a *Validate* button, it does the same.
# 3. **Submit.** Hand in the notebook file as your course says, with the *Submit* button or by uploading it. The grader runs it again, with inputs other than the check's. Answers that were made to fit the check's inputs do not pass there.
#
# ### Greet the robot
#
# In Python, a text with an `f` before the quotes puts values in place of the names in braces: with `n = 3`, `f"I see {n} cats."` is `I see 3 cats.`
#
# First run the check as it is, to see what an unwritten answer looks like. Then write the function, get something wrong on purpose, and read what the check says. Then put it right.


# %% solution="greet_robot"
def greet_robot(name):
    """A greeting with the robot's name in it: "Hello, Mia. Do you see a cat?" for "Mia".

    Args:
        name: the robot's name, text.

    Returns:
        The greeting as text.
    """
    ### BEGIN SOLUTION
    return f"Hello, {name}. Do you see a cat?"
    ### END SOLUTION


# %% check="greet_robot"
check("greet_robot")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Every exercise that needs one has a hint that unfolds. Here: the text in the docstring is right for Mia. Which part of it has to change for another robot?
#
# </details>
#
# ### Choose a letter
#
# At the end of each week you answer a few questions with a letter, for practice and without points. Choose wrongly first: a wrong choice says what speaks against it. Then choose rightly, and write in one line why: the check shows your reason beside a model answer. Nobody grades it. Comparing the two is the practice.
#
# **A.** In attempt two, what changes while the robot learns?
#
# - a: the list of rules, because we add to it
# - b: the pictures
# - c: the robot's weights

# %% solution="who_learns"
# Set who_learns to "a", "b" or "c".
# Say why in one line: who_learns_because = "..."
### BEGIN SOLUTION
who_learns = "c"
who_learns_because = (
    "Only the weights are turned after each photo; the rule is whatever they add up to."
)
### END SOLUTION

# %% check="who_learns"
check("who_learns")

# %% [markdown]
# ## What each week looks like
#
# - **The break**: what failed last week. You run it and see.
# - **The picture**: the robot, and then the field's own words.
# - **A worked example** with small numbers, by hand.
# - **The exercises**: first a table to fill or a small case by hand, which gives you the formula, then a function and its check. Some weeks end with a longer one that is worth a third of the points.
# - **The experiment**: you write down a guess, and your own functions draw a picture. Nothing there is graded.
# - **The same in Keras**: your numbers beside those of a professional library.
# - **Self-check**, for practice, and one question to answer in your own words, worth a fifth of the points.
# - **The bridge**: what breaks next, and a short list of things to read.
#
# Each lesson says at its top how long it takes: between two and four hours, counted from its words and exercises. Work with pencil and paper beside you. When a check says something that you do not understand, print the numbers in between: that is what everybody does.
#
# ## The bridge
#
# The robot stands ready, with a single rule: weigh every pixel, add up, compare. How far does one rule get? Further than you may think, and then it fails at a puzzle with four pictures of two pixels each. Next week: **the perceptron, and XOR**.
#
# ## To read on
#
# Four companions go well with this course. Each week names the part that fits.
#
# - 3Blue1Brown, *Neural networks*: a series of films, in which everything moves.
# - Nielsen, *Neural Networks and Deep Learning*: a free book that takes its time.
# - Karpathy, *Neural Networks: Zero to Hero*: long films in which a network is typed in from nothing.
# - CS231n, *Deep Learning for Computer Vision*: the notes of a course at Stanford, short and exact.
