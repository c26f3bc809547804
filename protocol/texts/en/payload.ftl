payload-order = the content is out of order; upgrade the other side's program
payload-figure = a figure in the content cannot be counted; upgrade the other side's program
payload-zero = an entry holds zero; what is zero has no entry
payload-date = a date in the content is outside 1900–2199
payload-word = the content has an unknown word; upgrade this program
